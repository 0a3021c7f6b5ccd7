package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.RunCounts;
import java.time.Duration;
import java.util.List;

/**
 * The result of a run.
 *
 * @param outcome the outcome
 * @param stdout the standard output
 * @param stderr the standard error
 * @param duration the time from its start to its end
 * @param counts the traffic across the boundary
 * @param output the files in {@code /output}, for the receiver to close; sorted by path
 */
public record FinishedRun(
        Outcome outcome,
        CapturedText stdout,
        CapturedText stderr,
        Duration duration,
        RunCounts counts,
        List<OutputFile> output) {

    /** Returns the result of a run that was cancelled before it began. */
    public static FinishedRun neverBegun() {
        RunCounts nothing = new RunCounts(0, 0, ByteSize.ofBytes(0), ByteSize.ofBytes(0));
        return new FinishedRun(
                new Outcome.Cancelled(), CapturedText.none(), CapturedText.none(), Duration.ZERO, nothing, List.of());
    }
}
