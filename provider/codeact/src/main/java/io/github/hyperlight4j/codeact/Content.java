package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.OutputFile;
import java.util.Objects;

/**
 * A part of the result of executing code.
 *
 * @see CodeResult#contents()
 */
public sealed interface Content {

    /**
     * Standard output, standard error, or a sentence that there was no output.
     *
     * @param text the text; lines end with a line feed
     */
    record Text(String text) implements Content {
        /** Checks for {@code null}. */
        public Text {
            Objects.requireNonNull(text, "text");
        }
    }

    /**
     * A file that the code left under {@code /output}.
     *
     * @param file the file: its path below {@code /output}, media type, and bytes or a stream over them
     */
    record File(OutputFile file) implements Content {
        /** Checks for {@code null}. */
        public File {
            Objects.requireNonNull(file, "file");
        }

        /** Returns the path that the code used: {@code /output/report.csv}. */
        public String path() {
            return "/output/" + file.path();
        }
    }

    /**
     * Why the code failed, or was not run.
     *
     * @param message the kind of failure, in a few words
     * @param details details that help to repair the code; not blank
     */
    record Failure(String message, String details) implements Content {
        /** Checks for {@code null}. */
        public Failure {
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(details, "details");
        }
    }
}
