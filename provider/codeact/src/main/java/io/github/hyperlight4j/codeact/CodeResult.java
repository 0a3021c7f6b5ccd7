package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.codeact.internal.ResultParts;
import io.github.hyperlight4j.codeact.internal.Texts;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The result of executing code, for the model. Immutable.
 *
 * <p>Its parts come in this order: standard output, the files that the code wrote under {@code /output}, sorted by path,
 * and then standard error. When the code failed, standard error is part of a {@link Content.Failure}, which comes last;
 * output before the failure is kept. There is always at least one part.
 */
public final class CodeResult implements AutoCloseable {

    /** How an execution ended, or why it did not take place. Constants may be added. */
    public enum Status {
        /** The code ran to its end with exit code 0. */
        SUCCEEDED,
        /** The code ran and failed: {@link CodeResult#run()} has the outcome. */
        FAILED,
        /**
         * A limit cut one of the code's output files, whatever the outcome. No file is among the parts; all of them are in
         * {@link RunResult#outputFiles()}.
         */
        OUTPUT_CUT,
        /** The arguments of the tool call were not those of {@code execute_code}. Nothing was executed. */
        INVALID_ARGUMENTS,
        /** The code is too large, has a NUL character or is not valid Unicode. Nothing was executed. */
        INVALID_CODE,
        /** The approval hook refused the code. Nothing was executed. */
        REFUSED,
        /** The code needed approval, and there is no approval hook. Nothing was executed. */
        NO_APPROVER,
        /** The approval hook threw an exception or returned {@code null}. Nothing was executed. */
        APPROVAL_FAILED;

        /** Returns whether the code was run. */
        public boolean isExecuted() {
            return switch (this) {
                case SUCCEEDED, FAILED, OUTPUT_CUT -> true;
                case INVALID_ARGUMENTS, INVALID_CODE, REFUSED, NO_APPROVER, APPROVAL_FAILED -> false;
            };
        }
    }

    private final Status status;
    private final List<Content> contents;
    private final @Nullable RunResult run;

    private CodeResult(Status status, List<Content> contents, @Nullable RunResult run) {
        this.status = status;
        this.contents = List.copyOf(contents);
        this.run = run;
    }

    static CodeResult of(RunResult run, String code, List<Tool> tools) {
        boolean isComplete = run.outputFiles().stream().allMatch(OutputFile::isComplete);
        Status status = run.isSuccess() ? Status.SUCCEEDED : Status.FAILED;
        return new CodeResult(isComplete ? status : Status.OUTPUT_CUT, ResultParts.of(run, code, tools), run);
    }

    static CodeResult notRun(Status status, String details) {
        return new CodeResult(status, List.of(new Content.Failure(Texts.NOT_RUN, details)), null);
    }

    /** Returns how the execution ended, or why it did not take place. */
    public Status status() {
        return status;
    }

    /** Returns the parts, in their order; unmodifiable, not empty. */
    public List<Content> contents() {
        return contents;
    }

    /**
     * Returns whether the status is {@link Status#SUCCEEDED}: the code ran to its end with exit code 0, and no limit cut
     * an output file. If not, the last part is a {@link Content.Failure}.
     */
    public boolean isSuccess() {
        return status == Status.SUCCEEDED;
    }

    /** Returns the run: outcome, duration and so on. Empty if the code was not run: {@link #status()} says why. */
    public Optional<RunResult> run() {
        return Optional.ofNullable(run);
    }

    /** Returns the parts as one text, for a model that reads nothing else; a file is one line that names it. */
    public String text() {
        return contents.stream().map(CodeResult::text).collect(Collectors.joining());
    }

    /** Returns the details of the failure; empty if it succeeded. */
    String reason() {
        return contents.getLast() instanceof Content.Failure failure ? failure.details() : "";
    }

    private static String text(Content content) {
        return switch (content) {
            case Content.Text part -> Texts.line(part.text());
            case Content.File part ->
                Texts.line(Texts.outputFile(
                        part.path(), part.file().mediaType(), part.file().size()));
            case Content.Failure part -> Texts.line(part.message() + ": " + part.details());
        };
    }

    /**
     * Closes the {@linkplain Content.File files}. Everything else can still be used. Not needed where code writes no large
     * files, or few results are kept: see {@link io.github.hyperlight4j.OutputFile}.
     */
    @Override
    public void close() {
        if (run != null) {
            run.close();
        }
    }

    @Override
    public String toString() {
        return "CodeResult[" + status + ", " + contents + "]";
    }
}
