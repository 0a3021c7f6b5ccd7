package io.github.hyperlight4j;

import java.time.Duration;
import java.util.Objects;

/**
 * The limits of a run. Immutable. Every limit has a default, which its setter names.
 *
 * {@snippet :
 * Limits limits = Limits.builder().wallTime(Duration.ofSeconds(5)).build();
 * }
 *
 * <p>The files of all runs, and of results that are not {@linkplain RunResult#close() closed}, also have limits of the process:
 * 1 GiB in 256 temporary files. Beyond them, programs get {@code ENOSPC}. The system properties
 * {@code hyperlight4j.spilledBytes} and {@code hyperlight4j.spilledFiles} set other numbers.
 */
public final class Limits {

    /** The largest message into the micro-VM. */
    private static final ByteSize LARGEST_RESULT = ByteSize.ofMebibytes(8);

    private static final ByteSize LARGEST_ARGUMENTS = ByteSize.ofMebibytes(3);
    private static final ByteSize LARGEST_CODE = ByteSize.ofMebibytes(10);
    private static final ByteSize LARGEST_OUTPUT = ByteSize.ofMebibytes(256);
    /** The memory that the guest image was built with. */
    private static final ByteSize LARGEST_MEMORY = ByteSize.ofMebibytes(256);

    /** The interpreter with its modules, and a little more. */
    private static final ByteSize SMALLEST_MEMORY = ByteSize.ofMebibytes(64);

    private static final int MOST_TOOL_CALLS = 1_000_000;
    private static final int MOST_CONCURRENT_TOOLS = 256;
    private static final int MOST_FILES = 10_000;
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Limits DEFAULTS = builder().build();

    private final Duration wallTime;
    private final ByteSize memory;
    private final ByteSize stdout;
    private final ByteSize stderr;
    private final ByteSize toolArguments;
    private final ByteSize toolResult;
    private final ByteSize code;
    private final OutputOverflow outputOverflow;
    private final int toolCalls;
    private final int concurrentTools;
    private final int outputFiles;
    private final ByteSize outputFileSize;
    private final ByteSize outputSize;
    private final ByteSize temporarySize;

    private Limits(Builder builder) {
        wallTime = builder.wallTime;
        memory = builder.memory;
        stdout = builder.stdout;
        stderr = builder.stderr;
        toolArguments = builder.toolArguments;
        toolResult = builder.toolResult;
        code = builder.code;
        outputOverflow = builder.outputOverflow;
        toolCalls = builder.toolCalls;
        concurrentTools = builder.concurrentTools;
        outputFiles = builder.outputFiles;
        outputFileSize = builder.outputFileSize;
        outputSize = builder.outputSize;
        temporarySize = builder.temporarySize;
    }

    /** Returns the default limits. */
    public static Limits defaults() {
        return DEFAULTS;
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns a builder with these limits. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.wallTime = wallTime;
        builder.memory = memory;
        builder.stdout = stdout;
        builder.stderr = stderr;
        builder.toolArguments = toolArguments;
        builder.toolResult = toolResult;
        builder.code = code;
        builder.outputOverflow = outputOverflow;
        builder.toolCalls = toolCalls;
        builder.concurrentTools = concurrentTools;
        builder.outputFiles = outputFiles;
        builder.outputFileSize = outputFileSize;
        builder.outputSize = outputSize;
        builder.temporarySize = temporarySize;
        return builder;
    }

    /** Returns the wall time of a run, its tools included. */
    public Duration wallTime() {
        return wallTime;
    }

    /** Returns the maximum memory of the interpreter. */
    public ByteSize memory() {
        return memory;
    }

    /** Returns the maximum size of standard output. */
    public ByteSize stdout() {
        return stdout;
    }

    /** Returns the maximum size of standard error. */
    public ByteSize stderr() {
        return stderr;
    }

    /** Returns the maximum size of one tool call's arguments, as JSON in UTF-8. */
    public ByteSize toolArguments() {
        return toolArguments;
    }

    /** Returns the maximum size of one tool's result, as JSON in UTF-8. */
    public ByteSize toolResult() {
        return toolResult;
    }

    /** Returns the maximum size of a program, in UTF-8. */
    public ByteSize code() {
        return code;
    }

    /** Returns the policy for output beyond its maximum size. */
    public OutputOverflow outputOverflow() {
        return outputOverflow;
    }

    /** Returns the maximum number of a program's tool calls. */
    public int toolCalls() {
        return toolCalls;
    }

    /** Returns the maximum number of concurrent tool calls. */
    public int concurrentTools() {
        return concurrentTools;
    }

    /** Returns the maximum number of files in {@code /output}. */
    public int outputFiles() {
        return outputFiles;
    }

    /** Returns the maximum size of each file in {@code /output}. */
    public ByteSize outputFileSize() {
        return outputFileSize;
    }

    /** Returns the maximum size of all files in {@code /output}. */
    public ByteSize outputSize() {
        return outputSize;
    }

    /** Returns the maximum size of all files in {@code /tmp}. */
    public ByteSize temporarySize() {
        return temporarySize;
    }

    @Override
    public String toString() {
        return "Limits[wallTime=" + wallTime + ", memory=" + memory + ", stdout=" + stdout + ", stderr=" + stderr
                + ", outputOverflow=" + outputOverflow + ", toolCalls=" + toolCalls + ", concurrentTools="
                + concurrentTools
                + ", toolArguments=" + toolArguments + ", toolResult=" + toolResult + ", code=" + code
                + ", outputFiles=" + outputFiles + ", outputFileSize=" + outputFileSize + ", outputSize=" + outputSize
                + ", temporarySize=" + temporarySize + "]";
    }

    /** Makes {@link Limits}. Not for use by several threads at once. */
    public static final class Builder {

        private Duration wallTime = Duration.ofSeconds(30);
        private ByteSize memory = LARGEST_MEMORY;
        private ByteSize stdout = ByteSize.ofMebibytes(1);
        private ByteSize stderr = ByteSize.ofMebibytes(1);
        private ByteSize toolArguments = ByteSize.ofMebibytes(1);
        private ByteSize toolResult = LARGEST_RESULT;
        private ByteSize code = LARGEST_CODE;
        private OutputOverflow outputOverflow = OutputOverflow.CUT;
        private int toolCalls = 10_000;
        private int concurrentTools = 16;
        private int outputFiles = 20;
        private ByteSize outputFileSize = ByteSize.ofMebibytes(5);
        private ByteSize outputSize = ByteSize.ofMebibytes(20);
        private ByteSize temporarySize = ByteSize.ofMebibytes(64);

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
         * Sets the maximum memory of the interpreter, its own needs included; beyond it, Python raises a {@code MemoryError}.
         * Default: 256 MiB, which the micro-VM never exceeds. A smaller limit is enforced by the interpreter: a program
         * that tampers with it on purpose can have up to those 256 MiB.
         *
         * @param memory 64 MiB to 256 MiB
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder memory(ByteSize memory) {
            if (Objects.requireNonNull(memory, "memory").compareTo(SMALLEST_MEMORY) < 0) {
                throw new IllegalArgumentException("memory must be at least " + SMALLEST_MEMORY + ": " + memory);
            }
            this.memory = atMost(LARGEST_MEMORY, memory, "memory");
            return this;
        }

        /**
         * Sets the maximum size of standard output; see {@link #outputOverflow} for output beyond it. Default: 1 MiB.
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
         * Sets the maximum size of standard error; see {@link #outputOverflow} for output beyond it. Default: 1 MiB.
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
         * Sets the maximum size of one tool call's arguments; a larger call fails in the program. Default: 1 MiB. Arguments
         * of any size have at most 250,000 names, values and ends of lists and dicts, and names of 1,000 characters.
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
         * Sets the maximum size of one tool's result; a larger result fails the call in the program. Default: 8 MiB.
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
         * Sets the maximum size of a program; a larger one is an {@link InvalidCodeException}. Default: 10 MiB.
         *
         * @param code at most 10 MiB
         * @return this
         * @throws IllegalArgumentException if it is more
         */
        public Builder code(ByteSize code) {
            this.code = atMost(LARGEST_CODE, code, "code");
            return this;
        }

        /**
         * Sets the policy for output beyond {@link #stdout} or {@link #stderr}. Default: {@link OutputOverflow#CUT}.
         *
         * @param outputOverflow the policy
         * @return this
         */
        public Builder outputOverflow(OutputOverflow outputOverflow) {
            this.outputOverflow = Objects.requireNonNull(outputOverflow, "outputOverflow");
            return this;
        }

        /**
         * Sets the maximum number of a program's tool calls, failed calls included; with the next call, the run ends as
         * {@link Outcome.ToolCallLimit}. Default: 10,000.
         *
         * @param toolCalls 0 to 1,000,000
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder toolCalls(int toolCalls) {
            this.toolCalls = within(0, MOST_TOOL_CALLS, toolCalls, "toolCalls");
            return this;
        }

        /**
         * Sets the maximum number of concurrent tool calls, each on a thread of its own; further calls queue. Default: 16.
         *
         * @param concurrentTools 1 to 256
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder concurrentTools(int concurrentTools) {
            this.concurrentTools = within(1, MOST_CONCURRENT_TOOLS, concurrentTools, "concurrentTools");
            return this;
        }

        /**
         * Sets the maximum number of files in {@code /output}; a further one is an {@code OSError} in the program. Default:
         * 20.
         *
         * @param outputFiles 0 to 10,000
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder outputFiles(int outputFiles) {
            this.outputFiles = within(0, MOST_FILES, outputFiles, "outputFiles");
            return this;
        }

        /**
         * Sets the maximum size of each file in {@code /output}; writing more is an {@code OSError} in the program. Default:
         * 5 MiB.
         *
         * @param outputFileSize any size
         * @return this
         */
        public Builder outputFileSize(ByteSize outputFileSize) {
            this.outputFileSize = Objects.requireNonNull(outputFileSize, "outputFileSize");
            return this;
        }

        /**
         * Sets the maximum size of all files in {@code /output}; writing more is an {@code OSError} in the program. Default:
         * 20 MiB. Large contents spill to temporary files.
         *
         * @param outputSize any size
         * @return this
         */
        public Builder outputSize(ByteSize outputSize) {
            this.outputSize = Objects.requireNonNull(outputSize, "outputSize");
            return this;
        }

        /**
         * Sets the maximum size of all files in {@code /tmp}; writing more is an {@code OSError} in the program. Default:
         * 64 MiB. Large contents spill to temporary files.
         *
         * @param temporarySize any size
         * @return this
         */
        public Builder temporarySize(ByteSize temporarySize) {
            this.temporarySize = Objects.requireNonNull(temporarySize, "temporarySize");
            return this;
        }

        /** Returns the limits. */
        public Limits build() {
            return new Limits(this);
        }

        private static int within(int least, int most, int number, String name) {
            if (number < least || number > most) {
                throw new IllegalArgumentException(name + " must be " + least + " to " + most + ": " + number);
            }
            return number;
        }

        private static ByteSize atMost(ByteSize most, ByteSize size, String name) {
            if (Objects.requireNonNull(size, name).compareTo(most) > 0) {
                throw new IllegalArgumentException(name + " must be at most " + most + ": " + size);
            }
            return size;
        }
    }
}
