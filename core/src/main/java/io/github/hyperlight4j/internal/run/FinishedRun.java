package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.RunCounts;
import java.time.Duration;
import java.util.List;

/**
 * What a run left behind.
 *
 * @param outcome how it ended
 * @param stdout what it wrote to standard output
 * @param stderr what it wrote to standard error
 * @param duration from its start to its end
 * @param counts what crossed the boundary
 * @param output its files in {@code /output}, for the receiver to close; sorted by path
 */
public record FinishedRun(
        Outcome outcome,
        CapturedText stdout,
        CapturedText stderr,
        Duration duration,
        RunCounts counts,
        List<OutputFile> output) {

    /** Returns what is left of a run that was cancelled before it began. */
    public static FinishedRun neverBegun() {
        RunCounts nothing = new RunCounts(0, 0, ByteSize.ofBytes(0), ByteSize.ofBytes(0));
        return new FinishedRun(
                new Outcome.Cancelled(), CapturedText.none(), CapturedText.none(), Duration.ZERO, nothing, List.of());
    }
}
