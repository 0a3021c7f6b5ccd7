package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.Outcome.OutputStream;
import io.github.hyperlight4j.OutputOverflow;
import io.github.hyperlight4j.RunCounts;
import io.github.hyperlight4j.internal.files.OutputContent;
import io.github.hyperlight4j.internal.files.SandboxFiles;
import io.github.hyperlight4j.internal.guest.GuestCalls;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import io.github.hyperlight4j.internal.guest.GuestHost;
import io.github.hyperlight4j.internal.guest.GuestHttp;
import io.github.hyperlight4j.internal.guest.GuestOutcome;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import io.github.hyperlight4j.internal.http.HttpAccess;
import io.github.hyperlight4j.internal.http.HttpExchanges;
import io.github.hyperlight4j.internal.tool.RegisteredTool;
import io.github.hyperlight4j.internal.tool.ToolRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of one run: answers the guest, keeps its output, and knows when it is over. Made and used by the
 * thread that runs the sandbox; {@link #stop} and {@link #shouldStop} are for others too.
 */
final class Run implements GuestHost, AutoCloseable {

    /** How long a run that is over waits for its listener to hear the rest. */
    private static final long LISTENER_GRACE = TimeUnit.MILLISECONDS.toNanos(50);

    /** Of the arguments that are too large for a call, what is kept to be shown. */
    private static final int SHOWN = 5000;

    private static final FinishedTool NOTHING = new FinishedTool(0, new ToolAnswer(false, new byte[0]));

    private final ToolRegistry tools;
    private final Limits limits;
    private final ToolScope inside = new ToolScope(ToolScope.current());
    private final RunEvents events;
    private final ToolCalls calls;
    private final GuestCalls guestCalls = new GuestCalls(this);
    private final SandboxFiles files;
    private final HttpAccess network;
    private @Nullable HttpExchanges exchanges;
    private final CapturedText stdout;
    private final CapturedText stderr;
    private final Thread thread = Thread.currentThread();
    private final long start = System.nanoTime();
    private final AtomicReference<@Nullable Outcome> stop = new AtomicReference<>();

    private int toolCalls;
    private long hostCalls;
    private boolean isClosed;

    Run(RunSettings settings) {
        this.tools = settings.tools();
        this.limits = settings.limits();
        this.events = new RunEvents(settings.listener(), inside, thread);
        this.calls = new ToolCalls(limits, inside, settings.toolContext(), events, thread);
        this.files = new SandboxFiles(settings.mounts(), limits, this::goOn);
        this.network = settings.network();
        this.stdout = new CapturedText(
                limits.stdout(),
                events::stdout,
                () -> overflow(new Outcome.OutputLimit(OutputStream.STDOUT, limits.stdout())));
        this.stderr = new CapturedText(
                limits.stderr(),
                events::stderr,
                () -> overflow(new Outcome.OutputLimit(OutputStream.STDERR, limits.stderr())));
    }

    /** Ends the run, unless something else did before. */
    void stop(Outcome reason) {
        if (stop.compareAndSet(null, reason)) {
            LockSupport.unpark(thread);
        }
    }

    /** Whether the current thread is a tool or listener of this run, or of one that such a tool runs. */
    boolean holdsCurrentThread() {
        return inside.holdsCurrentThread();
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

    /** Returns the functions that answer the guest during this run. */
    GuestCalls guestCalls() {
        return guestCalls;
    }

    /** Bytes that the interpreter's memory may grow to. */
    long memory() {
        return limits.memory().bytes();
    }

    /** The outcome, if it was the host that ended the run. */
    @Nullable
    Outcome stopped() {
        return stop.get();
    }

    /** How a program ended that ended by itself. */
    Outcome outcome(GuestOutcome guest) {
        return switch (guest.errorType()) {
            case "" -> new Outcome.Completed(guest.exitCode());
            case "MemoryError" ->
                new Outcome.OutOfMemory("The program needed more memory than there is", guest.traceback());
            default -> new Outcome.PythonError(guest.errorType(), guest.message(), guest.traceback());
        };
    }

    /** Tells what the run left behind: the guest has returned. */
    FinishedRun finish(Outcome outcome) {
        Duration duration = elapsed();
        List<OutputContent> output = files.takeOutput();
        close();
        awaitListener();
        RunCounts counts = new RunCounts(
                toolCalls, hostCalls, ByteSize.ofBytes(guestCalls.fromGuest()), ByteSize.ofBytes(guestCalls.toGuest()));
        return new FinishedRun(outcome, stdout.text(), stderr.text(), duration, counts, output);
    }

    /**
     * Ends the run, however it ended, once. Tools that go on are interrupted and left behind, requests are broken off, and
     * the listener hears of the end.
     */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        try (SandboxFiles _ = files;
                HttpExchanges _ = exchanges) {
            calls.end();
        } finally {
            stdout.end();
            stderr.end();
            events.runEnds();
        }
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Override
    public ToolAnswer callTool(String name, ByteBuffer arguments) throws RunEndedException {
        enter();
        countToolCall();
        Request request = request(name, arguments);
        ToolCalls.ToolCall call = calls.start(toolCalls, request.name, request.tool, request.json, request.body);
        try {
            ToolAnswer answer = call.answer();
            while (answer == null) {
                park(Long.MAX_VALUE);
                answer = call.answer();
            }
            return answer;
        } finally {
            call.cancel(true);
        }
    }

    @Override
    public int beginTool(String name, ByteBuffer arguments) throws RunEndedException {
        enter();
        countToolCall();
        Request request = request(name, arguments);
        calls.begin(toolCalls, request.name, request.tool, request.json, request.body);
        return toolCalls;
    }

    @Override
    public FinishedTool nextTool(long nanoseconds) throws RunEndedException {
        long begin = System.nanoTime();
        enter();
        FinishedTool finished = calls.poll();
        for (long waited = 0;
                finished == null && Long.compareUnsigned(waited, nanoseconds) < 0;
                waited = System.nanoTime() - begin) {
            parkAtMost(nanoseconds - waited);
            finished = calls.poll();
        }
        return finished != null ? finished : NOTHING;
    }

    @Override
    public void write(int file, ByteBuffer bytes) throws RunEndedException {
        enter();
        (file == 1 ? stdout : stderr).write(bytes);
        goOn();
    }

    @Override
    public long realtime() throws RunEndedException {
        enter();
        return GuestHost.super.realtime();
    }

    @Override
    public long monotonic() throws RunEndedException {
        enter();
        return GuestHost.super.monotonic();
    }

    @Override
    public void sleep(long nanoseconds) throws RunEndedException {
        long begin = System.nanoTime();
        enter();
        for (long slept = 0; Long.compareUnsigned(slept, nanoseconds) < 0; slept = System.nanoTime() - begin) {
            parkAtMost(nanoseconds - slept);
        }
    }

    @Override
    public byte[] entropy(int count) throws RunEndedException {
        enter();
        return GuestHost.super.entropy(count);
    }

    @Override
    public GuestFiles files() throws RunEndedException {
        enter();
        return files;
    }

    @Override
    public GuestHttp http() throws RunEndedException {
        enter();
        if (exchanges == null) {
            exchanges = network.open(this::await);
        }
        return exchanges;
    }

    /** What is needed to answer a call. The arguments' buffer is valid during the host call only. */
    @SuppressWarnings("ArrayRecordComponent") // Made here, and not changed.
    private record Request(String name, @Nullable RegisteredTool tool, byte[] json, ToolCalls.Body body) {}

    private Request request(String name, ByteBuffer arguments) {
        int size = arguments.remaining();
        RegisteredTool tool = tools.find(name);
        boolean isTooLarge = size > limits.toolArguments().bytes();
        byte[] json = new byte[tool == null || isTooLarge ? Math.min(size, SHOWN) : size];
        arguments.get(json);
        if (tool == null) {
            return new Request(name, null, json, () -> tools.unknown(name));
        }
        return isTooLarge
                ? new Request(name, tool, json, () -> tools.argumentsTooLarge(name, size, limits.toolArguments()))
                : new Request(name, tool, json, () -> tool.call(json, limits.toolResult()));
    }

    private void countToolCall() throws RunEndedException {
        if (toolCalls >= limits.toolCalls()) {
            stop(new Outcome.ToolCallLimit(limits.toolCalls()));
            goOn();
        }
        toolCalls++;
    }

    private void overflow(Outcome outcome) {
        if (limits.outputOverflow() == OutputOverflow.STOP) {
            stop(outcome);
        }
    }

    /** Each call of the guest begins with this. */
    private void enter() throws RunEndedException {
        hostCalls++;
        goOn();
    }

    /** How an HTTP exchange waits for what happens on its own thread. */
    private boolean await(CompletableFuture<?> future, long nanoseconds) throws RunEndedException {
        long begin = System.nanoTime();
        CompletableFuture<?> _ = future.whenComplete((_, _) -> LockSupport.unpark(thread));
        while (!future.isDone()) {
            long left = nanoseconds - (System.nanoTime() - begin);
            if (left <= 0) {
                return false;
            }
            park(left);
        }
        return true;
    }

    /** Parks for a time that is unsigned. */
    private void parkAtMost(long nanoseconds) throws RunEndedException {
        park(nanoseconds < 0 ? Long.MAX_VALUE : nanoseconds);
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

    /** Waits until the listener has heard everything: as long as the run might have lasted, and a little longer. */
    private void awaitListener() {
        boolean interrupted = Thread.interrupted(); // Parking would return at once.
        long over = System.nanoTime();
        while (!events.areDelivered()) {
            boolean isShort = interrupted || stop.get() != null;
            long left = isShort ? over - System.nanoTime() : Math.max(remainingNanos(), over - System.nanoTime());
            if (left + LISTENER_GRACE <= 0) {
                break;
            }
            LockSupport.parkNanos(this, left + LISTENER_GRACE);
            if (Thread.interrupted() && !interrupted) {
                interrupted = true;
                over = System.nanoTime();
            }
        }
        if (interrupted) {
            thread.interrupt();
        }
    }
}
