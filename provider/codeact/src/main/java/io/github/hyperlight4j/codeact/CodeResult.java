package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.codeact.internal.Texts;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What executing code leaves for the model. Immutable.
 *
 * <p>Its parts come in this order: what was printed, the files that the code wrote under {@code /output}, sorted by path,
 * and then what was written to standard error. When the code failed, that is part of a {@link Content.Failure}, which
 * comes last; what was printed before it is kept. There is always at least one part.
 */
public final class CodeResult implements AutoCloseable {

    private final List<Content> contents;
    private final @Nullable RunResult run;

    private CodeResult(List<Content> contents, @Nullable RunResult run) {
        this.contents = List.copyOf(contents);
        this.run = run;
    }

    static CodeResult of(List<Content> contents, RunResult run) {
        return new CodeResult(contents, Objects.requireNonNull(run));
    }

    /** Code that was not run. */
    static CodeResult notRun(String message, String details) {
        return new CodeResult(List.of(new Content.Failure(message, details)), null);
    }

    /** Returns the parts, in their order; unmodifiable, not empty. */
    public List<Content> contents() {
        return contents;
    }

    /** Returns whether the code ran to its end with exit code 0. */
    public boolean isSuccess() {
        return contents.stream().noneMatch(Content.Failure.class::isInstance);
    }

    /** Returns how the code ran: outcome, duration and so on. Empty if it did not, because it was refused. */
    public Optional<RunResult> run() {
        return Optional.ofNullable(run);
    }

    /** Returns the parts as one text, for a model that reads nothing else; a file is one line that names it. */
    public String text() {
        return contents.stream().map(CodeResult::text).collect(Collectors.joining());
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
        return "CodeResult" + contents;
    }
}
