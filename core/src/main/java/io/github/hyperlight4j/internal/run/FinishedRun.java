package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.Outcome;
import java.time.Duration;

/**
 * What a run left behind.
 *
 * @param outcome how it ended
 * @param stdout what it wrote to standard output
 * @param stderr what it wrote to standard error
 * @param duration from its start to its end
 * @param toolCalls how often it called a tool
 */
public record FinishedRun(Outcome outcome, String stdout, String stderr, Duration duration, long toolCalls) {

    /** Returns what is left of a run that was cancelled before it began. */
    public static FinishedRun neverBegun() {
        return new FinishedRun(new Outcome.Cancelled(), "", "", Duration.ZERO, 0);
    }
}
