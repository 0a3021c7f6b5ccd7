package io.github.hyperlight4j.internal.tool;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import java.io.Serial;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One check of a value against a schema. A program chooses the number of problems and of steps: both are bounded, as is
 * the memory of each problem, and an interrupt ends the check.
 */
final class Validation extends ExecutionContext {

    /** More than a person reads, and as many as are worth mending. */
    static final int MOST_PROBLEMS = 5000;

    private static final ExecutionConfig CONFIG =
            ExecutionConfig.builder().locale(Locale.ROOT).build();

    /** Problems found, kept or not, also in alternatives that need not fit. */
    private static final int MOST_FOUND = 100_000;

    /** Keywords evaluated: eighty for each value of the largest document, and a few seconds. */
    private static final int MOST_STEPS = 20_000_000;

    private int found;
    private int steps;
    private Problems problems = new Problems(new ArrayList<>());

    private Validation() {
        super(CONFIG);
    }

    /**
     * {@return the problems of the value, or the first of them; empty if it fits}
     *
     * @throws ArgumentException if the check was stopped
     */
    static List<Error> problems(Schema schema, JsonNode value) throws ArgumentException {
        try {
            return schema.validate(new Validation(), value, OutputFormat.DEFAULT);
        } catch (StoppedException e) {
            throw new ArgumentException(e.getMessage());
        } catch (StackOverflowError e) {
            throw new ArgumentException("they are nested too deeply to be checked");
        }
    }

    /** Called for each keyword of each schema that is compared with each value. */
    @Override
    public void evaluationPathAddLast(String keyword) {
        steps++;
        if (steps > MOST_STEPS) {
            throw new StoppedException("checking them takes more than " + MOST_STEPS + " steps");
        }
        checkInterrupt();
        super.evaluationPathAddLast(keyword);
    }

    static void checkInterrupt() {
        if (Thread.currentThread().isInterrupted()) {
            throw new StoppedException("the call was cancelled");
        }
    }

    @Override
    public void addError(Error error) {
        found++;
        if (found > MOST_FOUND) {
            throw new StoppedException("more than " + MOST_FOUND + " values in them do not fit");
        }
        if (problems.isFull()) {
            return;
        }
        problems.add(small(error));
    }

    @Override
    public List<Error> getErrors() {
        return problems;
    }

    /** Alternatives are tried with lists of their own, which count by whether they are empty. */
    @Override
    public void setErrors(List<Error> errors) {
        problems = errors instanceof Problems bounded ? bounded : new Problems(errors);
    }

    /** Returns the used part of a problem. The validator's object refers to its values and its builder. */
    private static Error small(Error error) {
        String keyword = error.getKeyword();
        Error.Builder small = Error.builder()
                .keyword(keyword)
                .instanceLocation(error.getInstanceLocation())
                .schemaNode(error.getSchemaNode());
        switch (keyword) {
            case "type", "required", "enum" ->
                small.arguments(error.getArguments()).messageSupplier(() -> keyword);
            case "additionalProperties", "unevaluatedProperties" ->
                small.property(SchemaProblems.cut(String.valueOf(error.getProperty())))
                        .messageSupplier(() -> keyword);
            default -> {
                String message = SchemaProblems.cut(error.getMessage());
                small.messageSupplier(() -> message);
            }
        }
        return small.build();
    }

    /** A list of the validator's that stops growing. */
    private static final class Problems extends AbstractList<Error> {

        private final List<Error> kept;

        Problems(List<Error> kept) {
            this.kept = kept;
        }

        boolean isFull() {
            return kept.size() >= MOST_PROBLEMS;
        }

        @Override
        public Error get(int index) {
            return kept.get(index);
        }

        @Override
        public int size() {
            return kept.size();
        }

        @Override
        public void add(int index, Error error) {
            if (!isFull()) {
                kept.add(index, error);
            }
        }
    }

    /** The end of a check. Of the validator's own type, which its keywords neither catch nor log. */
    static final class StoppedException extends SchemaException {

        @Serial
        private static final long serialVersionUID = 1L;

        private final String clause;

        StoppedException(String clause) {
            super(clause);
            this.clause = clause;
        }

        @Override
        public String getMessage() {
            return clause;
        }

        @Override
        public @Nullable Throwable getCause() {
            return null;
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}
