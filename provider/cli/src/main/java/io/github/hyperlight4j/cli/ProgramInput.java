package io.github.hyperlight4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * A program's arguments and standard input. They reach it as a program of their own that runs before it in the same
 * interpreter: it has the executor put them in place whenever it begins a run.
 */
final class ProgramInput {

    /** What fits into a program of 10 MiB, encoded. */
    private static final int LARGEST = 7 << 20;

    private final List<String> arguments;
    private final byte[] stdin;

    private ProgramInput(List<String> arguments, byte[] stdin) {
        this.arguments = arguments;
        this.stdin = stdin;
    }

    /** Takes the arguments, and reads all of a stream. */
    static ProgramInput read(List<String> arguments, InputStream stdin) throws BadProgramException {
        try {
            byte[] bytes = stdin.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new BadProgramException(
                        "standard input is larger than 7 MiB: give a large file with --mount", null);
            }
            return new ProgramInput(List.copyOf(arguments), bytes);
        } catch (IOException e) {
            throw new BadProgramException("standard input cannot be read: " + IoReason.of(e), e);
        }
    }

    /** Returns the program that runs before. It leaves nothing in the other one's {@code __main__}. */
    String setUp() {
        return """
                def set_up(arguments, stdin):
                    import base64, io, json, sys
                    executor = sys.modules["executor"]
                    begin = executor.begin
                    def begin_with_input(seed, memory, *keep):
                        begin(seed, memory, *(False for _ in keep))
                        sys.argv += json.loads(base64.b64decode(arguments))
                        sys.stdin = io.TextIOWrapper(io.BytesIO(base64.b64decode(stdin)), "utf-8", "surrogateescape")
                    executor.begin = begin_with_input
                    executor.Program.last = None
                set_up("%s", "%s")
                """.formatted(encode(JsonMapper.shared().writeValueAsBytes(arguments)), encode(stdin));
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
