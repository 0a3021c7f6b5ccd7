package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.RunListener;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Tells a listener what happens in a run, on a thread of its own while there is something to tell. Nobody ever waits for
 * the listener here, so what waits for it is bounded: text by the limits of the output, everything else in number.
 */
final class RunEvents {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.run");

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("hyperlight4j-listener-", 1).daemon().factory());

    /** How many events wait before text is put together and tool calls are left out. */
    static final int MOST_WAITING = 1000;

    private sealed interface Event {
        record Text(boolean isError, StringBuilder text) implements Event {}

        record Begin(RunListener.ToolBegin call) implements Event {}

        record End(RunListener.ToolEnd call) implements Event {}

        record RunEnd() implements Event {}
    }

    private final RunListener listener;
    private final ToolScope scope;
    private final Thread runThread;

    // Below: guarded by this.
    private final Deque<Event> waiting = new ArrayDeque<>();
    private boolean delivering;
    private long leftOut;

    /**
     * @param listener whom to tell
     * @param scope the scope in which it is called
     * @param runThread is unparked when there is nothing more to tell
     */
    RunEvents(RunListener listener, ToolScope scope, Thread runThread) {
        this.listener = listener;
        this.scope = scope;
        this.runThread = runThread;
    }

    void stdout(String text) {
        text(false, text);
    }

    void stderr(String text) {
        text(true, text);
    }

    /** Whether the listener will hear of it: then it must hear of the end too. */
    boolean toolBegins(long number, String tool, byte[] arguments) {
        if (isNobody()) {
            return false;
        }
        synchronized (this) {
            if (waiting.size() >= MOST_WAITING) {
                leftOut++;
                return false;
            }
            add(new Event.Begin(new RunListener.ToolBegin(number, tool, ShownArguments.of(arguments))));
            return true;
        }
    }

    void toolEnds(long number, String tool, Duration duration, boolean failed) {
        synchronized (this) {
            add(new Event.End(new RunListener.ToolEnd(number, tool, duration, failed)));
        }
    }

    void runEnds() {
        if (isNobody()) {
            return;
        }
        synchronized (this) {
            if (leftOut > 0) {
                LOG.log(Level.WARNING, "A listener was too slow to hear of {0} tool calls", leftOut);
            }
            add(new Event.RunEnd());
        }
    }

    /** Whether the listener has heard everything. */
    synchronized boolean areDelivered() {
        return !delivering;
    }

    private boolean isNobody() {
        return listener == NoListener.INSTANCE;
    }

    private void text(boolean isError, String text) {
        if (isNobody()) {
            return;
        }
        synchronized (this) {
            StringBuilder last = joinable(isError);
            if (last != null) {
                last.append(text);
            } else {
                add(new Event.Text(isError, new StringBuilder(text)));
            }
        }
    }

    /** Text that waits and to which more can be added: the last event or, when there are too many, the last of its kind. */
    private @Nullable StringBuilder joinable(boolean isError) {
        boolean isFull = waiting.size() >= MOST_WAITING;
        for (Iterator<Event> events = waiting.descendingIterator(); events.hasNext(); ) {
            if (events.next() instanceof Event.Text text && text.isError == isError) {
                return text.text;
            }
            if (!isFull) {
                return null;
            }
        }
        return null;
    }

    private void add(Event event) {
        waiting.add(event);
        if (!delivering) {
            delivering = true;
            try {
                THREADS.execute(this::deliver);
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

    /** A listener is the application's: what it throws must not end the run. */
    private void deliver(Event event) {
        try {
            scope.run(() -> {
                switch (event) {
                    case Event.Text text when text.isError -> listener.onStderr(text.text.toString());
                    case Event.Text text -> listener.onStdout(text.text.toString());
                    case Event.Begin begin -> listener.onToolBegin(begin.call);
                    case Event.End end -> listener.onToolEnd(end.call);
                    case Event.RunEnd _ -> listener.onEnd();
                }
            });
        } catch (Throwable e) {
            LOG.log(Level.WARNING, "A listener failed", e);
        }
    }
}
