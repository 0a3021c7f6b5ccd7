package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A tool's arguments as a listener sees them: a listener shows or logs them, and a program may send many. */
final class ShownArguments {

    private static final int LONGEST = 4096;

    private ShownArguments() {}

    static String of(byte[] json) {
        if (json.length <= LONGEST) {
            return new String(json, UTF_8);
        }
        int end = LONGEST;
        while (end > 0 && (json[end] & 0xC0) == 0x80) {
            end--; // Not inside a character.
        }
        return new String(json, 0, end, UTF_8) + "...";
    }
}
