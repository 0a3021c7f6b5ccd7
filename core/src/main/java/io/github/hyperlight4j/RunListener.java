package io.github.hyperlight4j;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Listener of a run: its output and its tool calls. Asynchronous: called on a thread of the library's own, one call at a
 * time, in the order of the events. The program does not wait for it. Its exceptions are logged and otherwise ignored.
 *
 * <p>A run returns once its listener was notified of everything, or 50 ms after its deadline; when it is stopped earlier,
 * 50 ms after that. A slower listener is notified of the rest afterwards. Under back-pressure, text of the same stream is
 * coalesced; when more than 1,000 events wait, the order between standard output and standard error is lost, and tool
 * calls that begin meanwhile are left out, with a warning in the log. The {@link RunResult} is complete in any case. A
 * listener that never returns keeps its thread and its waiting events: it is not interrupted.
 *
 * <p>The text is that of the result: up to the limits, with the mark where they cut. A listener of several sandboxes is
 * called by several threads at once. To measure, trace or refuse a tool call where it happens, use a
 * {@link ToolInterceptor}.
 */
public interface RunListener {

    /**
     * The begin of a tool call.
     *
     * @param number the number of the call in its run, from 1
     * @param tool the name of the tool; at most 256 characters, whatever the program gave
     * @param arguments JSON as the program sent it; beyond 4,096 bytes it is cut off, with {@code ...} behind it
     */
    record ToolBegin(long number, String tool, String arguments) {
        /** Checks for {@code null}. */
        public ToolBegin {
            Objects.requireNonNull(tool, "tool");
            Objects.requireNonNull(arguments, "arguments");
        }
    }

    /**
     * The end of a tool call.
     *
     * @param number the number of the call, as at its begin
     * @param tool the name of the tool
     * @param duration the duration of the call
     * @param failed whether the program got an error, or the run ended first
     * @param failure the exception that failed the call: that of the tool or an interceptor, or of a result that cannot be
     *     passed on. Empty if the tool was not called, for its name is unknown or its arguments do not fit, or the run
     *     ended first
     */
    record ToolEnd(long number, String tool, Duration duration, boolean failed, Optional<Throwable> failure) {
        /** Checks for {@code null}. */
        public ToolEnd {
            Objects.requireNonNull(tool, "tool");
            Objects.requireNonNull(duration, "duration");
            Objects.requireNonNull(failure, "failure");
        }
    }

    /**
     * Called when the program has written to standard output; by default does nothing.
     *
     * @param text the text, usually whole lines
     */
    default void onStdout(String text) {}

    /**
     * Called when the program has written to standard error; by default does nothing.
     *
     * @param text the text, usually whole lines
     */
    default void onStderr(String text) {}

    /**
     * Called when a tool is called; by default does nothing.
     *
     * @param call the call
     */
    default void onToolBegin(ToolBegin call) {}

    /**
     * Called when the call of a tool has ended; by default does nothing.
     *
     * @param call the call
     */
    default void onToolEnd(ToolEnd call) {}

    /**
     * Called last in a run, after everything else, also when the host could not run the program to its end; by default
     * does nothing.
     */
    default void onEnd() {}

    /** Returns a listener that ignores all events. */
    static RunListener none() {
        return NoListener.INSTANCE;
    }
}

/** The listener that ignores all events: a run keeps none for it. */
enum NoListener implements RunListener {
    INSTANCE
}
