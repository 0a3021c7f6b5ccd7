package io.github.hyperlight4j;

import java.time.Duration;
import java.util.Objects;

/**
 * Listener of a run: its output and its tool calls. Asynchronous: called on a thread of the library's own, one call at a
 * time, in the order of the events. The program does not wait for it. Its exceptions are logged and otherwise ignored.
 *
 * <p>A run returns once its listener has heard everything, or 50 ms after its deadline; when it is stopped earlier, 50
 * ms after that. A listener that is slower hears the rest afterwards. Where it falls behind, text of the same stream
 * comes in larger pieces; when more than 1,000 things wait for it, the order between standard output and standard error
 * gets lost, and tool calls that begin meanwhile are left out, with a warning in the log. The {@link RunResult} is
 * complete in any case. One that never returns keeps its thread, and what it has not heard, for as long: it is not
 * interrupted, and nothing bounds how many runs have such a listener.
 *
 * <p>It gets the same text as the result: what the limits allow, and the mark where they cut. A listener that serves
 * several sandboxes is called by several threads at once.
 */
public interface RunListener {

    /**
     * A tool call that begins.
     *
     * @param number counts the run's calls, from 1
     * @param tool what was called; at most 256 characters, whatever the program gave
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
     * A tool call that has ended.
     *
     * @param number as it was at the beginning
     * @param tool what was called
     * @param duration how long it took
     * @param failed whether the program got an error, or the run ended first
     */
    record ToolEnd(long number, String tool, Duration duration, boolean failed) {
        /** Checks for {@code null}. */
        public ToolEnd {
            Objects.requireNonNull(tool, "tool");
            Objects.requireNonNull(duration, "duration");
        }
    }

    /**
     * Called when the program has written to standard output; by default does nothing.
     *
     * @param text what it wrote, usually whole lines
     */
    default void onStdout(String text) {}

    /**
     * Called when the program has written to standard error; by default does nothing.
     *
     * @param text what it wrote, usually whole lines
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
