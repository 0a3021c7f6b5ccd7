package io.github.hyperlight4j.bench.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Sandbox;
import io.github.hyperlight4j.SandboxConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads a large file, walks a tree and writes a large file from a sandbox, and makes single calls; all of it with the same
 * program in this machine's own Python as well. Prints the time of both, and how often the sandbox asked the host.
 */
public final class FileAccess {

    private static final int READ_MEBIBYTES = 1024;
    private static final int WRITTEN_MEBIBYTES = 100;
    private static final int FOLDERS = 100;
    private static final int FILES = 10_000;

    private static final String READ = """
            with open(f"{input}/large.bin", "rb") as file:
                while file.read(1 << 20): pass
            """;
    private static final String WALK = """
            count = sum(len(files) for _, _, files in os.walk(f"{input}/tree"))
            assert count == %d, count
            """.formatted(FILES);
    private static final String WRITE = """
            with open(f"{output}/large.bin", "wb") as file:
                for _ in range(%d): file.write(bytes(1 << 20))
            """.formatted(WRITTEN_MEBIBYTES);

    private static final Map<String, String> LARGE = new LinkedHashMap<>();

    static {
        LARGE.put("read " + READ_MEBIBYTES + " MiB in one file", READ);
        LARGE.put("walk " + FILES + " files", WALK);
        LARGE.put("write " + WRITTEN_MEBIBYTES + " MiB in one file", WRITE);
    }

    private static final int CALLS = 500;

    /** Prepares, and defines a function that is called again and again. */
    private static final Map<String, String> SINGLE = new LinkedHashMap<>();

    static {
        SINGLE.put("os.stat of a path that was listed", """
                path = f"{input}/tree/folder-0/file-0.txt"
                os.listdir(f"{input}/tree/folder-0")
                def call(): os.stat(path)
                """);
        SINGLE.put("os.fstat of an open file", """
                number = os.open(f"{input}/large.bin", os.O_RDONLY)
                def call(): os.fstat(number)
                """);
        SINGLE.put("os.lseek", """
                number = os.open(f"{input}/large.bin", os.O_RDONLY)
                def call(): os.lseek(number, 7, os.SEEK_SET)
                """);
        SINGLE.put("os.read of 1 byte", """
                number = os.open(f"{input}/large.bin", os.O_RDONLY)
                def call(): os.read(number, 1)
                """);
        SINGLE.put("os.pread of 1 byte, back and forth", """
                number = os.open(f"{input}/large.bin", os.O_RDONLY)
                offsets = itertools.cycle((0, 512 << 20))
                def call(): os.pread(number, 1, next(offsets))
                """);
        SINGLE.put("time.monotonic", """
                def call(): time.monotonic()
                """);
        SINGLE.put("os.stat of a path not listed", """
                path = f"{input}/large.bin"
                def call(): os.stat(path)
                """);
        SINGLE.put("os.listdir of 100 files", """
                path = f"{input}/tree/folder-0"
                def call(): os.listdir(path)
                """);
        SINGLE.put("os.open and os.close", """
                path = f"{input}/tree/folder-0/file-0.txt"
                def call(): os.close(os.open(path, os.O_RDONLY))
                """);
        SINGLE.put("os.write of 1 byte", """
                number = os.open(f"{output}/small.bin", os.O_WRONLY | os.O_CREAT)
                def call(): os.write(number, b"x")
                """);
    }

    /** The cost of one call in seconds: that of many, without that of calling nothing as often. */
    private static final String LOOP = """
            def nothing(): pass
            def often(function):
                begin = time.perf_counter()
                for _ in range(%1$d): function()
                return time.perf_counter() - begin
            often(call)
            print((often(call) - often(nothing)) / %1$d)
            """.formatted(CALLS);

    private FileAccess() {}

    /**
     * Measures.
     *
     * @param arguments none
     * @throws IOException if the files cannot be made
     * @throws InterruptedException if interrupted
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("hyperlight4j-bench-");
        try {
            Path input = Files.createDirectory(folder.resolve("input"));
            Path output = Files.createDirectory(folder.resolve("output"));
            fill(input);
            SandboxConfig config = SandboxConfig.builder()
                    .workspace(input)
                    .limits(Limits.builder()
                            .wallTime(Duration.ofMinutes(30))
                            .outputFileSize(ByteSize.ofMebibytes(WRITTEN_MEBIBYTES))
                            .outputSize(ByteSize.ofMebibytes(WRITTEN_MEBIBYTES))
                            .build())
                    .build();
            try (Sandbox sandbox = Sandbox.builder().config(config).build()) {
                System.out.printf(
                        "%-34s %12s %14s %7s %12s%n", "files", "sandbox, s", "python3, s", "ratio", "host calls");
                for (Map.Entry<String, String> large : LARGE.entrySet()) {
                    String program = timed(large.getValue());
                    Measured here = inSandbox(sandbox, program);
                    print(large.getKey(), here.seconds, natively(program, input, output), "" + here.hostCalls);
                }
                System.out.printf(
                        "%n%-34s %12s %14s %7s %12s%n",
                        "one call", "sandbox, µs", "python3, µs", "ratio", "host calls");
                for (Map.Entry<String, String> single : SINGLE.entrySet()) {
                    String program = single.getValue() + LOOP;
                    Measured here = inSandbox(sandbox, program);
                    String hostCalls = String.format(Locale.ROOT, "%.1f", here.hostCalls / (2.0 * CALLS));
                    print(single.getKey(), 1e6 * here.seconds, 1e6 * natively(program, input, output), hostCalls);
                }
            }
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    /**
     * What a program in the sandbox took.
     *
     * @param seconds as it printed it: starting does not count
     * @param hostCalls how often it asked the host
     */
    private record Measured(double seconds, long hostCalls) {}

    private static Measured inSandbox(Sandbox sandbox, String program) {
        RunResult result = Programs.run(sandbox::run, with(program, Path.of("/input"), Path.of("/output")));
        return new Measured(Double.parseDouble(result.stdout()), result.counts().hostCalls());
    }

    private static void print(String title, double sandbox, double python, String hostCalls) {
        System.out.printf(
                Locale.ROOT, "%-34s %12.3f %14.3f %7.1f %12s%n", title, sandbox, python, sandbox / python, hostCalls);
    }

    private static String timed(String program) {
        return "begin = time.perf_counter()\n" + program + "print(time.perf_counter() - begin)\n";
    }

    private static String with(String program, Path input, Path output) {
        return "import itertools, os, time\ninput, output = '" + input + "', '" + output + "'\n" + program;
    }

    private static double natively(String program, Path input, Path output) throws IOException, InterruptedException {
        Process python = new ProcessBuilder("python3", "-c", with(program, input, output))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(python.getInputStream().readAllBytes(), UTF_8);
        if (python.waitFor() != 0) {
            throw new IOException("python3 failed");
        }
        return Double.parseDouble(printed);
    }

    private static void fill(Path input) throws IOException {
        try (OutputStream large = Files.newOutputStream(input.resolve("large.bin"))) {
            byte[] block = new byte[1 << 20];
            for (int i = 0; i < READ_MEBIBYTES; i++) {
                large.write(block);
            }
        }
        List<String> line = List.of("one line");
        for (int folder = 0; folder < FOLDERS; folder++) {
            Path leaf = Files.createDirectories(input.resolve("tree").resolve("folder-" + folder));
            for (int file = 0; file < FILES / FOLDERS; file++) {
                Files.write(leaf.resolve("file-" + file + ".txt"), line);
            }
        }
    }
}
