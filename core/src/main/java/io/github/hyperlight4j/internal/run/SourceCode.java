package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.InvalidCodeException;
import io.github.hyperlight4j.internal.json.Unicode;

/** A program's text, as the guest takes it. */
public final class SourceCode {

    private SourceCode() {}

    /**
     * Encodes a program.
     *
     * @param code its text
     * @param limit the most that it may take
     * @return the text in UTF-8
     * @throws InvalidCodeException if it cannot be a program
     */
    public static byte[] encode(String code, ByteSize limit) {
        if (code.length() > limit.bytes()) {
            throw tooLarge(limit);
        }
        int surrogate = Unicode.loneSurrogate(code);
        if (surrogate >= 0) {
            throw new InvalidCodeException("The code is not valid Unicode: there is a lone surrogate U+%04X at %s"
                    .formatted((int) code.charAt(surrogate), position(code, surrogate)));
        }
        int nul = code.indexOf('\0');
        if (nul >= 0) {
            throw new InvalidCodeException(
                    "The code has a NUL character at " + position(code, nul) + ": Python does not accept that");
        }
        byte[] encoded = code.getBytes(UTF_8);
        if (encoded.length > limit.bytes()) {
            throw tooLarge(limit);
        }
        return encoded;
    }

    private static InvalidCodeException tooLarge(ByteSize limit) {
        return new InvalidCodeException("The code is larger than its limit of " + limit);
    }

    private static String position(String code, int index) {
        long line = code.substring(0, index).chars().filter(c -> c == '\n').count() + 1;
        int column = index - code.lastIndexOf('\n', index - 1);
        return "line " + line + ", column " + column;
    }
}
