package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for what a program may use. With {@code --jsonl} they are maxima: a line may lower them. */
final class LimitOptions {

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "Stop the program after this time: 1.5s, 500ms, 2m. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ZERO;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "The interpreter's memory, 64MiB to 256MiB. Default: 256MiB.")
    private @Nullable ByteSize memory;

    @Option(
            names = "--stdout",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Cut standard output beyond this size: 10MiB, 64KiB, 1500. Default: 1MiB.")
    private @Nullable ByteSize stdout;

    @Option(
            names = "--stderr",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Cut standard error beyond this size. Default: 1MiB.")
    private @Nullable ByteSize stderr;

    @Option(
            names = "--tool-calls",
            paramLabel = "N",
            description = "Stop the program when it calls tools more often. Default: 10000.")
    private @Nullable Integer toolCalls;

    @Option(names = "--output-files", paramLabel = "N", description = "The most files in /output. Default: 20.")
    private @Nullable Integer outputFiles;

    @Option(
            names = "--output-size",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "The most bytes in /output, in one file or all. Default: 20MiB, 5MiB for one file.")
    private @Nullable ByteSize outputSize;

    @Option(
            names = "--tmp-size",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "The most bytes in /tmp. Default: 64MiB.")
    private @Nullable ByteSize temporarySize;

    Limits limits() throws BadProgramException {
        Limits.Builder limits = Limits.builder();
        try {
            limits.wallTime(timeout);
            if (memory != null) {
                limits.memory(memory);
            }
            if (stdout != null) {
                limits.stdout(stdout);
            }
            if (stderr != null) {
                limits.stderr(stderr);
            }
            if (toolCalls != null) {
                limits.toolCalls(toolCalls);
            }
            if (outputFiles != null) {
                limits.outputFiles(outputFiles);
            }
            if (outputSize != null) {
                limits.outputSize(outputSize).outputFileSize(outputSize);
            }
            if (temporarySize != null) {
                limits.temporarySize(temporarySize);
            }
            return limits.build();
        } catch (IllegalArgumentException e) {
            throw new BadProgramException("--" + String.valueOf(e.getMessage()), e);
        }
    }
}
