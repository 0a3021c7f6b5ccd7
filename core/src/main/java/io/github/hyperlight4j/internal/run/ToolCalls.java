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
 * <p>A program chooses how many calls it begins and whether it ever fetches their answers, so both are bounded, for the run and
 * for the process. A call is answered with an error at once where its arguments would exceed the bound on those that wait. While
 * many answers wait, or other runs have taken the memory, no further call starts; one at a time does in any case, so a program
 * that fetches its answers goes on, and none gets lost.
 */
final class ToolCalls {

    /** Calls that wait to start. */
    static final int MOST_WAITING = 10_000;

    /** What an answer is expected to take before the run has had a larger one. */
    private static final long SMALLEST_ANSWER = 64 << 10;

    private static final ToolAnswer TOO_MANY =
            ToolAnswer.failure("Too many tool calls are waiting: fetch the results of some before more are begun.");

    private static final ToolAnswer NO_MEMORY = ToolAnswer.failure("There is no memory for the tool's answer.");

    private final ToolMemory memory;
    private final Limits limits;
    private final ToolThreads threads;
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
    private long largestAnswer = SMALLEST_ANSWER;
    private int begunRunning;
    private boolean isStarting;
    private boolean ended;

    /**
     * @param memory the memory for arguments and answers
     * @param limits the limits of the run
     * @param threads the configuration's threads
     * @param inside the scope in which tools are called
     * @param context transfers the context of the run's caller to another thread
     * @param events notified of the calls
     * @param runThread the thread to unpark when a call has ended
     */
    ToolCalls(
            ToolMemory memory,
            Limits limits,
            ToolThreads threads,
            ToolScope inside,
            UnaryOperator<Runnable> context,
            RunEvents events,
            Thread runThread) {
        this.memory = memory;
        this.limits = limits;
        this.threads = threads;
        this.inside = inside;
        this.context = context;
        this.events = events;
        this.runThread = runThread;
    }

    /** The work of a call on its thread: the tool, or an answer that needs none. */
    @FunctionalInterface
    interface Body {
        ToolAnswer answer();
    }

    /** Starts a call for which the program waits. */
    ToolCall start(int number, String name, @Nullable RegisteredTool tool, byte[] arguments, Body body) {
        ToolCall call = new ToolCall(number, name, tool, arguments, body, false);
        synchronized (this) {
            call.take(arguments.length, true);
            startNow(call);
        }
        return call;
    }

    /** Begins a call; {@link #poll} returns its answer later. */
    synchronized void begin(int number, String name, @Nullable RegisteredTool tool, byte[] arguments, Body body) {
        int size = arguments.length;
        if (waiting.size() >= MOST_WAITING || waitingBytes + size > memory.shareOfRun()) {
            finish(number, TOO_MANY);
            return;
        }
        ToolCall call = new ToolCall(number, name, tool, arguments, body, true);
        if (!call.takeForArguments()) {
            finish(number, TOO_MANY);
            return;
        }
        waiting.add(call);
        waitingBytes += size;
        startMore();
    }

    /** Takes the answer of the call that ended first; {@code null} if none has ended. */
    synchronized @Nullable FinishedTool poll() {
        FinishedTool next = finished.poll();
        if (next != null) {
            release(next);
            startMore();
        }
        return next;
    }

    /** Ends all calls: those that run are interrupted and abandoned, and those that wait never start. */
    void end() {
        Set<ToolCall> left;
        synchronized (this) {
            ended = true;
            waiting.forEach(ToolCall::giveAll);
            waiting.clear();
            finished.forEach(this::release);
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
            while (!ended && begunRunning < limits.concurrentTools() && finishedBytes <= memory.shareOfRun()) {
                ToolCall call = waiting.peek();
                if (call == null || !call.takeForAnswer()) {
                    break;
                }
                waiting.remove();
                waitingBytes -= call.arguments.length;
                begunRunning++;
                startNow(call);
            }
        } finally {
            isStarting = false;
        }
    }

    private void finish(int number, ToolAnswer answer) {
        int size = answer.utf8().length;
        finished.add(new FinishedTool(number, answer.withCause(null))); // A program decides how long it waits.
        finishedBytes += size;
        largestAnswer = Math.max(largestAnswer, size);
        memory.take(size);
    }

    private void release(FinishedTool taken) {
        int size = taken.answer().utf8().length;
        finishedBytes -= size;
        memory.give(size);
    }

    private void startNow(ToolCall call) {
        try {
            running.add(call);
            call.announce();
            threads.start(call.task);
        } catch (RuntimeException | Error e) {
            call.fail(e); // Too many are abandoned, or there is no memory or thread to be had.
        }
    }

    private synchronized void ended(ToolCall call, @Nullable ToolAnswer answer) {
        running.remove(call);
        call.giveAll();
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
        private final ToolThreads.Task task = threads.new Task(this::runInContext);
        /** What the call has of the memory. Guarded by the calls. */
        private long taken;

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

        /** Returns the answer once the call has ended; {@code null} before, and if the run was over first. */
        @Nullable
        ToolAnswer answer() {
            return answer;
        }

        /** One call may wait in any case: a run must not depend on others. */
        private boolean takeForArguments() {
            return take(arguments.length, waiting.isEmpty());
        }

        /** One call may run in any case. */
        private boolean takeForAnswer() {
            return take(largestAnswer, begunRunning == 0 && finished.isEmpty());
        }

        private boolean take(long bytes, boolean inAnyCase) {
            if (inAnyCase) {
                memory.take(bytes);
            } else if (!memory.tryTake(bytes)) {
                return false;
            }
            taken += bytes;
            return true;
        }

        private void giveAll() {
            memory.give(taken);
            taken = 0;
        }

        private void announce() {
            started = System.nanoTime();
            isAnnounced = events.toolBegins(number, name, arguments);
        }

        /** Runs on the tool's thread. The context is the application's: whatever it does, the call ends. */
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

        /** Fails the call, unless it has ended. */
        private void fail(Throwable cause) {
            setException(cause);
        }

        private ToolAnswer failure(Throwable cause) {
            return tool != null ? tool.failed(cause) : ToolAnswer.failure("The tool could not be called.");
        }

        @Override
        protected void done() {
            ToolAnswer result = NO_MEMORY;
            try {
                result = result();
                if (result == null) {
                    task.abandon();
                }
                if (isAnnounced) {
                    Duration duration = Duration.ofNanos(System.nanoTime() - started);
                    events.toolEnds(
                            number,
                            name,
                            duration,
                            result == null || result.failed(),
                            result == null ? null : result.cause());
                }
            } finally {
                answer = result;
                ended(this, result);
                LockSupport.unpark(runThread);
            }
        }

        /** Returns the answer; none if the call was cancelled. */
        private @Nullable ToolAnswer result() {
            return switch (state()) {
                case SUCCESS -> resultNow();
                case FAILED -> failure(exceptionNow());
                case RUNNING, CANCELLED -> null;
            };
        }
    }
}
