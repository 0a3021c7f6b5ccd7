package io.github.hyperlight4j;

import java.time.Duration;
import java.util.Objects;

/**
 * What a run may use. Immutable.
 *
 * {@snippet :
 * Limits limits = Limits.builder().wallTime(Duration.ofSeconds(5)).build();
 * }
 */
public final class Limits {

    /** The most that can be carried into the micro-VM in one piece. */
    private static final ByteSize LARGEST_RESULT = ByteSize.ofMebibytes(8);

    private static final ByteSize LARGEST_ARGUMENTS = ByteSize.ofMebibytes(3);
    private static final ByteSize LARGEST_CODE = ByteSize.ofMebibytes(10);
    private static final ByteSize LARGEST_OUTPUT = ByteSize.ofMebibytes(256);
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Limits DEFAULTS = builder().build();

    private final Duration wallTime;
    private final ByteSize stdout;
    private final ByteSize stderr;
    private final ByteSize toolArguments;
    private final ByteSize toolResult;
    private final ByteSize code;

    private Limits(Builder builder) {
        wallTime = builder.wallTime;
        stdout = builder.stdout;
        stderr = builder.stderr;
        toolArguments = builder.toolArguments;
        toolResult = builder.toolResult;
        code = builder.code;
    }

    /** Returns the limits that hold when none are given: what a new {@link Builder} has. */
    public static Limits defaults() {
        return DEFAULTS;
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the wall time of a run, its tools included. */
    public Duration wallTime() {
        return wallTime;
    }

    /** Returns how much of standard output is kept. */
    public ByteSize stdout() {
        return stdout;
    }

    /** Returns how much of standard error is kept. */
    public ByteSize stderr() {
        return stderr;
    }

    /** Returns the size of one tool call's arguments, as JSON in UTF-8. */
    public ByteSize toolArguments() {
        return toolArguments;
    }

    /** Returns the size of one tool's result, as JSON in UTF-8. */
    public ByteSize toolResult() {
        return toolResult;
    }

    /** Returns the size of a program, in UTF-8. */
    public ByteSize code() {
        return code;
    }

    /** Makes {@link Limits}. Not for use by several threads at once. */
    public static final class Builder {

        private Duration wallTime = Duration.ofSeconds(30);
        private ByteSize stdout = ByteSize.ofMebibytes(1);
        private ByteSize stderr = ByteSize.ofMebibytes(1);
        private ByteSize toolArguments = ByteSize.ofMebibytes(1);
        private ByteSize toolResult = LARGEST_RESULT;
        private ByteSize code = LARGEST_CODE;

        private Builder() {}

        /**
         * Sets the wall time of a run, its tools included; then the run ends as {@link Outcome.TimedOut}. 30 seconds if
         * not called.
         *
         * @param wallTime more than zero, at most 365 days
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder wallTime(Duration wallTime) {
            if (!Objects.requireNonNull(wallTime, "wallTime").isPositive() || wallTime.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("wallTime must be more than zero and at most 365 days: " + wallTime);
            }
            this.wallTime = wallTime;
            return this;
        }

        /**
         * Sets how much of standard output is kept; the rest is dropped, and a mark put in its place. 1 MiB if not
         * called.
         *
         * @param stdout at most 256 MiB
         * @return this
         * @throws IllegalArgumentException if it is more
         */
        public Builder stdout(ByteSize stdout) {
            this.stdout = atMost(LARGEST_OUTPUT, stdout, "stdout");
            return this;
        }

        /**
         * Sets how much of standard error is kept; the rest is dropped, and a mark put in its place. 1 MiB if not
         * called.
         *
         * @param stderr at most 256 MiB
         * @return this
         * @throws IllegalArgumentException if it is more
         */
        public Builder stderr(ByteSize stderr) {
            this.stderr = atMost(LARGEST_OUTPUT, stderr, "stderr");
            return this;
        }

        /**
         * Sets the size of one tool call's arguments; a larger call fails in the program. 1 MiB if not called.
         *
         * @param toolArguments at most 3 MiB
         * @return this
         * @throws IllegalArgumentException if it is more
         */
        public Builder toolArguments(ByteSize toolArguments) {
            this.toolArguments = atMost(LARGEST_ARGUMENTS, toolArguments, "toolArguments");
            return this;
        }

        /**
         * Sets the size of one tool's result; a larger one fails the call in the program. 8 MiB if not called.
         *
         * @param toolResult at most 8 MiB
         * @return this
         * @throws IllegalArgumentException if it is more
         */
        public Builder toolResult(ByteSize toolResult) {
            this.toolResult = atMost(LARGEST_RESULT, toolResult, "toolResult");
            return this;
        }

        /**
         * Sets the size of a program; a larger one is an {@link IllegalArgumentException}. 10 MiB if not called.
         *
         * @param code at most 10 MiB
         * @return this
         * @throws IllegalArgumentException if it is more
         */
        public Builder code(ByteSize code) {
            this.code = atMost(LARGEST_CODE, code, "code");
            return this;
        }

        /** Returns the limits. */
        public Limits build() {
            return new Limits(this);
        }

        private static ByteSize atMost(ByteSize most, ByteSize size, String name) {
            if (Objects.requireNonNull(size, name).compareTo(most) > 0) {
                throw new IllegalArgumentException(name + " must be at most " + most + ": " + size);
            }
            return size;
        }
    }
}
