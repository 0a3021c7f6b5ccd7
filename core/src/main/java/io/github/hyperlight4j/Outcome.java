package io.github.hyperlight4j;

import java.time.Duration;
import java.util.Objects;

/** The end of a run. */
public sealed interface Outcome {

    /** A stream of printed output. */
    enum OutputStream {
        /** Standard output. */
        STDOUT,
        /** Standard error. */
        STDERR;

        /** Returns {@code stdout} or {@code stderr}. */
        @Override
        public String toString() {
            return switch (this) {
                case STDOUT -> "stdout";
                case STDERR -> "stderr";
            };
        }
    }

    /**
     * The program ran to its end, or called {@code sys.exit}.
     *
     * @param exitCode 0, or the argument of {@code sys.exit}: 0 to 255
     */
    record Completed(int exitCode) implements Outcome {}

    /**
     * The program raised an exception and did not catch it. A {@code MemoryError} is {@link OutOfMemory}.
     *
     * @param type the exception's class, qualified unless it is built in or the program's own: {@code ValueError},
     *     {@code json.decoder.JSONDecodeError}
     * @param message the exception as text; may be empty
     * @param traceback the traceback as Python prints it, beginning in the program's own code
     */
    record PythonError(String type, String message, String traceback) implements Outcome {
        /** Checks for {@code null}. */
        public PythonError {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(traceback, "traceback");
        }
    }

    /**
     * The program, or a tool that it called, ran longer than allowed and was stopped.
     *
     * @param limit the wall time of the limit
     */
    record TimedOut(Duration limit) implements Outcome {
        /** Checks for {@code null}. */
        public TimedOut {
            Objects.requireNonNull(limit, "limit");
        }
    }

    /**
     * The program needed more memory than its limit: it raised a {@code MemoryError} and did not catch it, or the
     * micro-VM ran out of memory in a way that Python could not turn into one.
     *
     * @param detail one sentence for a person
     * @param traceback the traceback as Python prints it, beginning in the program's own code; empty if the micro-VM itself ran out
     *     of memory
     */
    record OutOfMemory(String detail, String traceback) implements Outcome {
        /** Checks for {@code null}. */
        public OutOfMemory {
            Objects.requireNonNull(detail, "detail");
            Objects.requireNonNull(traceback, "traceback");
        }
    }

    /**
     * The program wrote more output than its limit, and was stopped: see {@link Limits.Builder#outputOverflow}.
     *
     * @param stream the stream that it wrote to
     * @param limit the limit of that stream
     */
    record OutputLimit(OutputStream stream, ByteSize limit) implements Outcome {
        /** Checks for {@code null}. */
        public OutputLimit {
            Objects.requireNonNull(stream, "stream");
            Objects.requireNonNull(limit, "limit");
        }
    }

    /**
     * The program called tools more often than its limit, and was stopped.
     *
     * @param limit the maximum number of calls
     */
    record ToolCallLimit(int limit) implements Outcome {}

    /**
     * The run was stopped: by {@link Sandbox#cancel()}, {@link Sandbox#close()}, or an interrupt of the Java thread.
     */
    record Cancelled() implements Outcome {}

    /**
     * The program crashed the micro-VM. The next run starts from a clean one.
     *
     * @param reason one sentence for a person
     */
    record Crashed(String reason) implements Outcome {
        /** Checks for {@code null}. */
        public Crashed {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /** Returns a name for logs, metrics and reports, which stays: {@code completed}, {@code timed_out} and so on. */
    default String label() {
        return switch (this) {
            case Completed _ -> "completed";
            case PythonError _ -> "python_error";
            case TimedOut _ -> "timed_out";
            case OutOfMemory _ -> "out_of_memory";
            case OutputLimit _ -> "output_limit";
            case ToolCallLimit _ -> "tool_call_limit";
            case Cancelled _ -> "cancelled";
            case Crashed _ -> "crashed";
        };
    }
}
