package io.github.hyperlight4j.internal.tool;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import java.io.Serial;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * One check of a value against a schema. A program chooses how much is wrong with what it sends, and each problem takes
 * far more memory than the value that has it: so only so many are kept.
 */
final class Validation extends ExecutionContext {

    /** More than anybody reads, and as many as are worth mending. */
    static final int MOST_PROBLEMS = 5000;

    private static final ExecutionConfig CONFIG =
            ExecutionConfig.builder().locale(Locale.ROOT).build();

    /** Found, kept or not: also in what is tried and need not fit. */
    private static final int MOST_FOUND = 100_000;

    private int found;

    private Validation() {
        super(CONFIG);
    }

    /**
     * {@return what is wrong with the value, or the first part of it; nothing if it fits}
     *
     * @throws ArgumentException if that is far too much
     */
    static List<Error> problems(Schema schema, JsonNode value) throws ArgumentException {
        try {
            return schema.validate(new Validation(), value, OutputFormat.DEFAULT);
        } catch (TooManyException e) {
            throw new ArgumentException("more than " + MOST_FOUND + " values in them do not fit");
        }
    }

    /** Whatever the schema tries has a list of its own, which counts by whether it is empty. */
    @Override
    public void addError(Error error) {
        found++;
        if (found > MOST_FOUND) {
            throw new TooManyException();
        }
        if (getErrors().size() < MOST_PROBLEMS) {
            super.addError(error);
        }
    }

    private static final class TooManyException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        TooManyException() {
            super(null, null, false, false);
        }
    }
}
