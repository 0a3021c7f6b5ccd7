package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.RunListener;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the events of a run to its listener, on another thread and in order. No caller waits for the listener, so the
 * number of events that wait is bounded. Waiting output is not copied: an event says how far the stream had got, and the
 * text is decoded when it is delivered.
 */
final class RunEvents {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.run");

    /** Waiting events beyond which output is joined and tool calls are left out. {@code RunListener} names the number. */
    static final int MOST_WAITING = 1000;

    /** The most bytes of a call's arguments that a listener is shown: it logs them, and a program may call often. */
    private static final int SHOWN_ARGUMENTS = 4096;

    private sealed interface Event {
        final class Output implements Event {
            private final boolean isError;
            private long to;
            private boolean isEnd;

            Output(boolean isError) {
                this.isError = isError;
            }
        }

        record Begin(RunListener.ToolBegin call) implements Event {}

        record End(RunListener.ToolEnd call) implements Event {}

        record RunEnd() implements Event {}
    }

    private final RunListener listener;
    private final ToolThreads threads;
    private final ToolScope scope;
    private final Thread runThread;
    /** None where nothing is delivered: an abandoned tool must not keep its run's output in memory. */
    private CapturedText.@Nullable Reader stdout;

    private CapturedText.@Nullable Reader stderr;

    // Below: guarded by this.
    private final Deque<Event> waiting = new ArrayDeque<>();
    private boolean delivering;
    private long leftOut;

    /**
     * @param listener the listener
     * @param threads the configuration's threads, on which the listener is called
     * @param scope the scope in which it is called
     * @param runThread the thread to unpark when all events are delivered
     * @param stdout the run's standard output
     * @param stderr the run's standard error
     */
    RunEvents(
            RunListener listener,
            ToolThreads threads,
            ToolScope scope,
            Thread runThread,
            CapturedText stdout,
            CapturedText stderr) {
        this.listener = listener;
        this.threads = threads;
        this.scope = scope;
        this.runThread = runThread;
        if (!isIgnored()) {
            this.stdout = stdout.reader();
            this.stderr = stderr.reader();
        }
    }

    /** Reports that a stream was written to, or has ended. Called by the thread that writes. */
    void output(boolean isError, CapturedText stream) {
        if (isIgnored()) {
            return;
        }
        synchronized (this) {
            Event.Output event = joinable(isError);
            if (event == null) {
                event = new Event.Output(isError);
                add(event);
            }
            event.to = stream.size();
            event.isEnd = stream.isEnded();
        }
    }

    /** Reports a tool call; returns whether the listener is notified, so that it must be of the call's end too. */
    boolean toolBegins(long number, String tool, byte[] arguments) {
        if (isIgnored()) {
            return false;
        }
        synchronized (this) {
            if (waiting.size() >= MOST_WAITING) {
                leftOut++;
                return false;
            }
            add(new Event.Begin(new RunListener.ToolBegin(number, tool, shown(arguments))));
            return true;
        }
    }

    void toolEnds(long number, String tool, Duration duration, boolean failed, @Nullable Throwable cause) {
        synchronized (this) {
            add(new Event.End(new RunListener.ToolEnd(number, tool, duration, failed, Optional.ofNullable(cause))));
        }
    }

    void runEnds() {
        if (isIgnored()) {
            return;
        }
        synchronized (this) {
            if (leftOut > 0) {
                LOG.log(Level.WARNING, "A listener was too slow: it was not notified of {0} tool calls", leftOut);
            }
            add(new Event.RunEnd());
        }
    }

    /** Returns whether all events are delivered. */
    synchronized boolean areDelivered() {
        return !delivering;
    }

    private boolean isIgnored() {
        return RunListener.none().equals(listener);
    }

    /** Returns the event to which output is added: the last or, when too many wait, the last of the same stream. */
    private Event.@Nullable Output joinable(boolean isError) {
        boolean isFull = waiting.size() >= MOST_WAITING;
        for (Iterator<Event> events = waiting.descendingIterator(); events.hasNext(); ) {
            if (events.next() instanceof Event.Output output && output.isError == isError) {
                return output;
            }
            if (!isFull) {
                return null;
            }
        }
        return null;
    }

    private static String shown(byte[] json) {
        if (json.length <= SHOWN_ARGUMENTS) {
            return new String(json, UTF_8);
        }
        int end = SHOWN_ARGUMENTS;
        while (end > 0 && (json[end] & 0xC0) == 0x80) {
            end--; // Not inside a character.
        }
        return new String(json, 0, end, UTF_8) + "...";
    }

    private void add(Event event) {
        waiting.add(event);
        if (!delivering) {
            delivering = true;
            try {
                threads.execute(this::deliver);
            } catch (OutOfMemoryError e) {
                delivering = false; // There is no thread to be had: the next event tries again.
                LOG.log(Level.WARNING, "A listener could not be called", e);
            }
        }
    }

    private void deliver() {
        for (Event event = next(); event != null; event = next()) {
            deliver(event);
        }
        LockSupport.unpark(runThread);
    }

    private synchronized @Nullable Event next() {
        Event event = waiting.poll();
        delivering = event != null;
        return event;
    }

    private void deliver(Event event) {
        switch (event) {
            case Event.Output output when output.isError -> read(stderr, output, listener::onStderr);
            case Event.Output output -> read(stdout, output, listener::onStdout);
            case Event.Begin begin -> call(() -> listener.onToolBegin(begin.call));
            case Event.End end -> call(() -> listener.onToolEnd(end.call));
            case Event.RunEnd _ -> {
                stdout = null;
                stderr = null;
                call(listener::onEnd);
            }
        }
    }

    private void read(CapturedText.@Nullable Reader stream, Event.Output output, Consumer<String> method) {
        try {
            if (stream != null) {
                stream.read(output.to, output.isEnd, text -> call(() -> method.accept(text)));
            }
        } catch (OutOfMemoryError e) {
            LOG.log(Level.WARNING, "There is no memory to decode output for a listener, which misses a part", e);
        }
    }

    /** Calls the listener. It is the application's: what it throws must not end the run. */
    private void call(Runnable method) {
        try {
            scope.run(method);
        } catch (Throwable e) {
            LOG.log(Level.WARNING, "A listener failed", e);
        }
    }
}
