package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.internal.guest.GuestHost.FinishedTool;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import io.github.hyperlight4j.internal.tool.RegisteredTool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The tool calls of one run: a few at a time on threads of their own, the rest in the order in which they were begun.
 *
 * <p>A program chooses how many calls it begins and whether it ever fetches their answers. So arguments that wait are
 * bounded: a call beyond that is answered with an error at once. And while many answers wait, no further call starts: none
 * that a tool gave gets lost, and the program that fetches them goes on.
 */
final class ToolCalls {

    /** Bytes of arguments that wait for their call to start. */
    static final long MOST_ARGUMENTS = 64 << 20;
    /** Bytes of answers that wait to be fetched before no further call starts. */
    static final long MOST_ANSWERS = 64 << 20;
    /** Calls that wait to start. */
    static final int MOST_WAITING = 10_000;

    private static final ToolAnswer TOO_MANY =
            ToolAnswer.failure("Too many tool calls are waiting: fetch the results of some before more are begun.");

    private final Limits limits;
    private final ToolScope inside;
    private final UnaryOperator<Runnable> context;
    private final RunEvents events;
    private final Thread runThread;

    // Below: guarded by this.
    private final Deque<ToolCall> waiting = new ArrayDeque<>();
    private final Deque<FinishedTool> finished = new ArrayDeque<>();
    private final Set<ToolCall> running = new HashSet<>();
    private long waitingBytes;
    private long finishedBytes;
    private int begunRunning;
    private boolean isStarting;
    private boolean ended;

    /**
     * @param limits of the run
     * @param inside the scope in which tools are called
     * @param context takes what is to run on another thread into the context of the run's caller
     * @param events hears of the calls
     * @param runThread is unparked when a call has ended
     */
    ToolCalls(Limits limits, ToolScope inside, UnaryOperator<Runnable> context, RunEvents events, Thread runThread) {
        this.limits = limits;
        this.inside = inside;
        this.context = context;
        this.events = events;
        this.runThread = runThread;
    }

    /** What a call does on its thread: the tool, or an answer that needs none. */
    @FunctionalInterface
    interface Body {
        ToolAnswer answer();
    }

    /** Starts a call for whose answer the program waits. */
    ToolCall start(int number, String name, @Nullable RegisteredTool tool, byte[] arguments, Body body) {
        ToolCall call = new ToolCall(number, name, tool, arguments, body, false);
        synchronized (this) {
            startNow(call);
        }
        return call;
    }

    /** Begins a call whose answer {@link #poll} gives, some time. */
    synchronized void begin(int number, String name, @Nullable RegisteredTool tool, byte[] arguments, Body body) {
        if (waiting.size() >= MOST_WAITING || waitingBytes + arguments.length > MOST_ARGUMENTS) {
            finish(number, TOO_MANY);
            return;
        }
        waiting.add(new ToolCall(number, name, tool, arguments, body, true));
        waitingBytes += arguments.length;
        startMore();
    }

    /** Takes the answer of the call that ended first; {@code null} if none has ended. */
    synchronized @Nullable FinishedTool poll() {
        FinishedTool next = finished.poll();
        if (next != null) {
            finishedBytes -= next.answer().utf8().length;
            startMore();
        }
        return next;
    }

    /** Ends all: those that run are interrupted and left behind, and those that wait never start. */
    void end() {
        Set<ToolCall> left;
        synchronized (this) {
            ended = true;
            waiting.clear();
            finished.clear();
            left = Set.copyOf(running);
        }
        left.forEach(call -> call.cancel(true));
    }

    private void startMore() {
        if (isStarting) {
            return; // A call that could not start has ended below, in this loop.
        }
        isStarting = true;
        try {
            while (!ended && begunRunning < limits.concurrentTools() && finishedBytes <= MOST_ANSWERS) {
                ToolCall call = waiting.poll();
                if (call == null) {
                    break;
                }
                waitingBytes -= call.arguments.length;
                begunRunning++;
                startNow(call);
            }
        } finally {
            isStarting = false;
        }
    }

    private void finish(int number, ToolAnswer answer) {
        finished.add(new FinishedTool(number, answer));
        finishedBytes += answer.utf8().length;
    }

    private void startNow(ToolCall call) {
        try {
            running.add(call);
            call.announce();
            ToolThreads.start(call.task);
        } catch (RuntimeException | Error e) {
            call.fail(e); // Too many were left behind, or there is no memory or thread to be had.
        }
    }

    private synchronized void ended(ToolCall call, @Nullable ToolAnswer answer) {
        running.remove(call);
        if (call.isBegun) {
            begunRunning--;
            if (answer != null && !ended) {
                finish(call.number, answer);
                startMore();
            }
        }
    }

    /** One call. Cancelling it interrupts the tool. */
    final class ToolCall extends FutureTask<ToolAnswer> {

        private final int number;
        private final String name;
        private final @Nullable RegisteredTool tool;
        private final byte[] arguments;
        private final boolean isBegun;
        private final ToolThreads.Task task = new ToolThreads.Task(this::runInContext);
        private volatile long started;
        private volatile boolean isAnnounced;
        private volatile @Nullable ToolAnswer answer;

        private ToolCall(
                int number, String name, @Nullable RegisteredTool tool, byte[] arguments, Body body, boolean isBegun) {
            super(() -> inside.call(body::answer));
            this.number = number;
            this.name = name;
            this.tool = tool;
            this.arguments = arguments;
            this.isBegun = isBegun;
        }

        /** The answer, once the call has ended; none if the run was over first. */
        @Nullable
        ToolAnswer answer() {
            return answer;
        }

        private void announce() {
            started = System.nanoTime();
            isAnnounced = events.toolBegins(number, name, arguments);
        }

        /** On the tool's thread. The context is the application's: whatever it does, the call has an end. */
        private void runInContext() {
            try {
                context.apply(this).run();
                if (!isDone()) {
                    fail(new IllegalStateException("The tool's context did not run it"));
                }
            } catch (Throwable e) {
                fail(e);
            }
        }

        /** Does nothing if it has ended. */
        private void fail(Throwable cause) {
            setException(cause);
        }

        private ToolAnswer failure(Throwable cause) {
            return tool != null ? tool.failed(cause) : ToolAnswer.failure("The tool could not be called.");
        }

        @Override
        protected void done() {
            ToolAnswer result = switch (state()) {
                case SUCCESS -> resultNow();
                case FAILED -> failure(exceptionNow());
                case RUNNING, CANCELLED -> null;
            };
            if (result == null) {
                task.leaveBehind();
            }
            if (isAnnounced) {
                Duration duration = Duration.ofNanos(System.nanoTime() - started);
                events.toolEnds(number, name, duration, result == null || result.failed());
            }
            answer = result;
            ended(this, result);
            LockSupport.unpark(runThread);
        }
    }
}
