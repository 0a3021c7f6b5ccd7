package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.internal.ffi.GuestFiles;
import io.github.hyperlight4j.internal.ffi.GuestHost;
import io.github.hyperlight4j.internal.ffi.GuestHttp;
import io.github.hyperlight4j.internal.ffi.GuestOutcome;
import io.github.hyperlight4j.internal.ffi.RunEndedException;
import io.github.hyperlight4j.internal.tool.ToolAnswer;
import io.github.hyperlight4j.internal.tool.ToolDefinition;
import io.github.hyperlight4j.internal.tool.ToolRegistry;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of one run: answers the guest, keeps its output, and knows when it is over. Made and used by the
 * thread that runs the sandbox; {@link #stop} and {@link #shouldStop} are for others too.
 */
final class Run implements GuestHost {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.run");

    private final Object sandbox;
    private final ToolRegistry tools;
    private final Limits limits;
    private final CapturedText stdout;
    private final CapturedText stderr;
    private final @Nullable ToolScope scope = ToolScope.current();
    private final Thread thread = Thread.currentThread();
    private final long start = System.nanoTime();
    private final AtomicReference<@Nullable Outcome> stop = new AtomicReference<>();
    private long toolCalls;

    Run(Object sandbox, RunSettings settings) {
        RunListener listener = settings.listener();
        this.sandbox = sandbox;
        this.tools = settings.tools();
        this.limits = settings.limits();
        this.stdout = new CapturedText(limits.stdout(), guarded(listener::onStdout));
        this.stderr = new CapturedText(limits.stderr(), guarded(listener::onStderr));
    }

    /** Ends the run, unless something else did before. */
    void stop(Outcome reason) {
        if (stop.compareAndSet(null, reason)) {
            LockSupport.unpark(thread);
        }
    }

    /** Whether the run is to end: somebody said so, its time is up, or its thread was interrupted. */
    boolean shouldStop() {
        if (stop.get() == null) {
            if (remainingNanos() <= 0) {
                stop(new Outcome.TimedOut(limits.wallTime()));
            } else if (thread.isInterrupted()) {
                stop(new Outcome.Cancelled());
            }
        }
        return stop.get() != null;
    }

    /** The outcome, if it was the host that ended the run. */
    @Nullable
    Outcome stopped() {
        return stop.get();
    }

    /** How a program ended that ended by itself. */
    Outcome outcome(GuestOutcome guest) {
        return guest.errorType().isEmpty()
                ? new Outcome.Completed(guest.exitCode())
                : new Outcome.PythonError(guest.errorType(), guest.message(), guest.traceback(), guest.exitCode());
    }

    /** Ends the run: the guest has returned. */
    FinishedRun finish(Outcome outcome) {
        return new FinishedRun(outcome, stdout(), stderr(), elapsed(), toolCalls());
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    String stdout() {
        stdout.end();
        return stdout.text();
    }

    String stderr() {
        stderr.end();
        return stderr.text();
    }

    long toolCalls() {
        return toolCalls;
    }

    @Override
    public ToolAnswer callTool(String name, ByteBuffer arguments) throws RunEndedException {
        goOn();
        toolCalls++;
        ToolDefinition tool = tools.find(name);
        if (tool == null) {
            return tools.unknown(name);
        }
        if (arguments.remaining() > limits.toolArguments().bytes()) {
            return tools.argumentsTooLarge(name, arguments.remaining(), limits.toolArguments());
        }
        byte[] json = new byte[arguments.remaining()];
        arguments.get(json);
        ToolScope inside = new ToolScope(sandbox, scope);
        return await(tool, new FutureTask<>(() -> inside.call(() -> tool.call(json, limits.toolResult()))) {
            @Override
            protected void done() {
                LockSupport.unpark(thread);
            }
        });
    }

    @Override
    public void write(int file, ByteBuffer bytes) throws RunEndedException {
        goOn();
        (file == 1 ? stdout : stderr).write(bytes);
    }

    @Override
    public long realtime() throws RunEndedException {
        goOn();
        return HostResources.realtime();
    }

    @Override
    public long monotonic() throws RunEndedException {
        goOn();
        return HostResources.monotonic();
    }

    @Override
    public void sleep(long nanoseconds) throws RunEndedException {
        long begin = System.nanoTime();
        goOn();
        for (long slept = 0; Long.compareUnsigned(slept, nanoseconds) < 0; slept = System.nanoTime() - begin) {
            long left = nanoseconds - slept;
            park(left < 0 ? Long.MAX_VALUE : left);
        }
    }

    @Override
    public byte[] entropy(int count) throws RunEndedException {
        goOn();
        return HostResources.entropy(count);
    }

    /** Runs a tool on a thread of its own. When the run ends first, the tool is interrupted and left behind. */
    private ToolAnswer await(ToolDefinition tool, FutureTask<ToolAnswer> call) throws RunEndedException {
        try {
            ToolThreads.start(call);
            while (!call.isDone()) {
                park(Long.MAX_VALUE);
            }
            return call.state() == Future.State.SUCCESS ? call.resultNow() : tool.failed(call.exceptionNow());
        } catch (OutOfMemoryError e) {
            return tool.failed(e); // There is no thread to be had.
        } finally {
            call.cancel(true);
        }
    }

    private void park(long nanoseconds) throws RunEndedException {
        LockSupport.parkNanos(this, Math.min(nanoseconds, remainingNanos()));
        goOn();
    }

    private void goOn() throws RunEndedException {
        if (shouldStop()) {
            throw new RunEndedException();
        }
    }

    private long remainingNanos() {
        return limits.wallTime().toNanos() - (System.nanoTime() - start);
    }

    /** A listener is the application's: what it throws must not end the run. */
    private static Consumer<String> guarded(Consumer<String> listener) {
        return text -> {
            try {
                listener.accept(text);
            } catch (Throwable e) {
                LOG.log(Level.WARNING, "A listener failed", e);
            }
        };
    }

    @Override
    public int beginTool(String name, ByteBuffer arguments) throws RunEndedException {
        throw new RunEndedException();
    }

    @Override
    public FinishedTool nextTool(long nanoseconds) throws RunEndedException {
        throw new RunEndedException();
    }

    @Override
    public GuestFiles files() throws RunEndedException {
        throw new RunEndedException();
    }

    @Override
    public GuestHttp http() throws RunEndedException {
        throw new RunEndedException();
    }
}
