package io.github.hyperlight4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The source of the program: the command line, a file or standard input. */
final class ProgramSource {

    private static final int LIMIT = (int) Limits.defaults().code().bytes();

    @Option(names = "-c", required = true, paramLabel = "CODE", description = "The program.")
    private @Nullable String code;

    @Parameters(
            paramLabel = "FILE",
            description = "A file with the program, or - for standard input. UTF-8, at most 10 MiB.")
    private @Nullable String file;

    @Option(
            names = "--jsonl",
            required = true,
            description = "Run programs from standard input, one JSON object a line: code, and optionally id and limits"
                    + " (timeout: \"1.5s\" or seconds; memory, stdout, stderr: \"10MiB\" or bytes), which may be lower"
                    + " than this command's. Print each one's result as a line of JSON, with its id and line, when it"
                    + " is there.")
    private boolean jsonLines;

    /** Whether there are many programs, on standard input. */
    boolean isJsonLines() {
        return jsonLines;
    }

    /** Whether the program itself is read from standard input. */
    boolean isStandardInput() {
        return file != null && file.equals("-");
    }

    /** Returns the program's text. */
    String read(InputStream stdin) throws BadProgramException {
        if (code != null) {
            return fromArgument(code, System.getProperty("sun.jnu.encoding", "UTF-8"));
        }
        if (file == null) {
            throw new IllegalStateException("The command line has neither -c nor FILE");
        }
        return file.equals("-") ? fromStandardInput(stdin) : fromFile(file);
    }

    /** Java decodes the command line by the locale, and puts U+FFFD where that cannot be. */
    static String fromArgument(String code, String encoding) throws BadProgramException {
        if (!encoding.equalsIgnoreCase("UTF-8") && code.chars().anyMatch(c -> c == 0xFFFD)) {
            throw new BadProgramException(
                    "the program on the command line is not " + encoding
                            + ", which is this locale's encoding: set LC_ALL=C.UTF-8, or use a file",
                    null);
        }
        return code;
    }

    /** Checks text of the command line. */
    static List<String> fromArguments(List<String> arguments) throws BadProgramException {
        for (String argument : arguments) {
            fromArgument(argument, System.getProperty("sun.jnu.encoding", "UTF-8"));
        }
        return arguments;
    }

    private static String fromFile(String file) throws BadProgramException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            return decode(in.readNBytes(LIMIT + 1), file);
        } catch (NoSuchFileException e) {
            throw new BadProgramException(file + ": no such file", e);
        } catch (IOException e) {
            throw new BadProgramException(file + ": " + IoReason.of(e), e);
        } catch (InvalidPathException e) {
            throw new BadProgramException(file + ": not a path: " + e.getReason(), e);
        }
    }

    private static String fromStandardInput(InputStream stdin) throws BadProgramException {
        try {
            return decode(stdin.readNBytes(LIMIT + 1), "standard input");
        } catch (IOException e) {
            throw new BadProgramException("standard input cannot be read: " + IoReason.of(e), e);
        }
    }

    static String decode(byte[] bytes, String name) throws BadProgramException {
        if (bytes.length > LIMIT) {
            throw new BadProgramException(name + ": the program is larger than 10 MiB", null);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CharsetDecoder decoder = UTF_8.newDecoder();
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw new BadProgramException(
                    "%s: the program is not UTF-8: byte 0x%02X at offset %d"
                            .formatted(name, bytes[in.position()], in.position()),
                    null);
        }
        String text = out.flip().toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text; // As Python does with a file.
    }
}
