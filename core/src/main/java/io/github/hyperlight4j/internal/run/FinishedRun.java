package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.RunCounts;
import io.github.hyperlight4j.RunResult;
import java.time.Duration;
import java.util.List;

/** A result whose output is decoded when it is first asked for. */
public final class FinishedRun implements RunResult {

    private final Outcome outcome;
    private final CapturedText stdout;
    private final CapturedText stderr;
    private final Duration duration;
    private final RunCounts counts;
    private final List<OutputFile> outputFiles;

    FinishedRun(
            Outcome outcome,
            CapturedText stdout,
            CapturedText stderr,
            Duration duration,
            RunCounts counts,
            List<OutputFile> outputFiles) {
        this.outcome = outcome;
        this.stdout = stdout;
        this.stderr = stderr;
        this.duration = duration;
        this.counts = counts;
        this.outputFiles = List.copyOf(outputFiles);
    }

    /** Returns the result of a run that was cancelled before it began. */
    public static FinishedRun neverBegun() {
        RunCounts nothing = new RunCounts(0, 0, ByteSize.ofBytes(0), ByteSize.ofBytes(0));
        return new FinishedRun(
                new Outcome.Cancelled(), CapturedText.none(), CapturedText.none(), Duration.ZERO, nothing, List.of());
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }

    @Override
    public String stdout() {
        return stdout.text();
    }

    @Override
    public String stderr() {
        return stderr.text();
    }

    @Override
    public List<OutputFile> outputFiles() {
        return outputFiles;
    }

    @Override
    public Duration duration() {
        return duration;
    }

    @Override
    public RunCounts counts() {
        return counts;
    }

    @Override
    public String toString() {
        return "RunResult[outcome=" + outcome + ", stdout=" + stdout() + ", stderr=" + stderr() + ", duration="
                + duration + ", " + counts + ", outputFiles=" + outputFiles + "]";
    }
}
