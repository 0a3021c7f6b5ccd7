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
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Reads a large file, walks a tree and writes a large file from a sandbox, and with the same program in this machine's own
 * Python; prints the time of both and how often the sandbox asked the host. In an emulated VM all of it is 16 times smaller.
 */
public final class FileAccess {

    private static final int SCALE = "emulated".equals(System.getenv("HYPERLIGHT4J_KVM")) ? 16 : 1;
    private static final int READ_MEBIBYTES = 1024 / SCALE;
    private static final int WRITTEN_MEBIBYTES = 96 / SCALE;
    private static final int FOLDERS = 100;
    private static final int FILES = 10_000 / SCALE / FOLDERS * FOLDERS;

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
                            .wallTime(Duration.ofMinutes(10))
                            .outputFileSize(ByteSize.ofMebibytes(WRITTEN_MEBIBYTES))
                            .outputSize(ByteSize.ofMebibytes(WRITTEN_MEBIBYTES))
                            .build())
                    .build();
            System.out.printf("%-28s %12s %14s %12s%n", "files", "sandbox, s", "python3, s", "host calls");
            try (Sandbox sandbox = Sandbox.builder().config(config).build()) {
                measure(sandbox, "read " + READ_MEBIBYTES + " MiB in one file", READ, input, output);
                measure(sandbox, "walk " + FILES + " files", WALK, input, output);
                measure(sandbox, "write " + WRITTEN_MEBIBYTES + " MiB in one file", WRITE, input, output);
            }
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static void measure(Sandbox sandbox, String title, String program, Path input, Path output)
            throws IOException, InterruptedException {
        double natively = natively(timed(program, input, output));
        RunResult result = Programs.run(sandbox::run, timed(program, Path.of("/input"), Path.of("/output")));
        System.out.printf(
                Locale.ROOT,
                "%-28s %12.3f %14.3f %12d%n",
                title,
                Double.parseDouble(result.stdout()),
                natively,
                result.counts().hostCalls());
    }

    /** The program prints its own time, so that starting Python does not count. */
    private static String timed(String program, Path input, Path output) {
        return "import os, time\ninput, output = '" + input + "', '" + output + "'\nbegin = time.perf_counter()\n"
                + program + "print(time.perf_counter() - begin)\n";
    }

    private static double natively(String program) throws IOException, InterruptedException {
        Process python = new ProcessBuilder("python3", "-c", program)
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
