package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.Outcome.OutputStream;
import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.OutputOverflow;
import io.github.hyperlight4j.RunCounts;
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
 * The host's side of one run: answers the guest, keeps its output, and decides when the run is over. Made and used by the
 * thread that runs the sandbox; {@link #stop} and {@link #shouldStop} are for other threads too. Neither of them allocates, so
 * a run ends in time also where there is no memory left.
 */
final class Run implements GuestHost, AutoCloseable {

    static final Outcome CANCELLED = new Outcome.Cancelled();

    /** How long a run that is over waits for its listener. */
    private static final long LISTENER_GRACE = TimeUnit.MILLISECONDS.toNanos(50);

    /** The bytes that are kept of arguments that are too large for a call: a listener is shown them. */
    private static final int SHOWN = 5000;

    /** The most characters of an exception's type. Python's own names are far shorter. */
    private static final int MOST_TYPE = 1000;
    /** The most characters of an exception's message. The executor in the guest cuts at this, and a little more for its mark. */
    private static final int MOST_MESSAGE = 65 << 10;
    /** The most characters of a traceback: likewise. */
    private static final int MOST_TRACEBACK = 257 << 10;

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
    private final Outcome timedOut;
    private final long wallNanos;
    private final Thread thread = Thread.currentThread();
    private final long start = System.nanoTime();
    private final AtomicReference<@Nullable Outcome> stop = new AtomicReference<>();

    private int toolCalls;
    private long hostCalls;
    private boolean isClosed;

    Run(RunSettings settings) {
        this.tools = settings.tools();
        this.limits = settings.limits();
        this.timedOut = new Outcome.TimedOut(limits.wallTime());
        this.wallNanos = limits.wallTime().toNanos();
        this.stdout = new CapturedText(limits.stdout());
        this.stderr = new CapturedText(limits.stderr());
        ToolThreads threads = settings.toolThreads();
        this.events = new RunEvents(settings.listener(), threads, inside, thread, stdout, stderr);
        this.calls =
                new ToolCalls(ToolMemory.ofProcess(), limits, threads, inside, settings.toolContext(), events, thread);
        this.files = new SandboxFiles(settings.mounts(), limits, this::goOn);
        this.network = settings.network();
    }

    /** Ends the run, unless something else did before. */
    void stop(Outcome reason) {
        if (stop.compareAndSet(null, reason)) {
            LockSupport.unpark(thread);
        }
    }

    /** Returns whether the current thread is a tool or listener of this run, or of a run that such a tool made. */
    boolean holdsCurrentThread() {
        return inside.holdsCurrentThread();
    }

    /** Returns whether the run is over: it was stopped, its time is up, or its thread was interrupted. */
    boolean shouldStop() {
        if (stop.get() == null) {
            if (remainingNanos() <= 0) {
                stop(timedOut);
            } else if (thread.isInterrupted()) {
                stop(CANCELLED);
            }
        }
        return stop.get() != null;
    }

    /** Returns the functions that answer the guest during this run. */
    GuestCalls guestCalls() {
        return guestCalls;
    }

    /** Returns the bytes that the interpreter's memory may grow to. */
    long memory() {
        return limits.memory().bytes();
    }

    /** Returns the outcome if the host ended the run. */
    @Nullable
    Outcome stopped() {
        return stop.get();
    }

    /** Returns the outcome of a program that ended by itself. The guest chose all of it, so it is bounded here. */
    Outcome outcome(GuestOutcome guest) {
        String traceback = bounded(guest.traceback(), MOST_TRACEBACK);
        return switch (guest.errorType()) {
            case "" -> new Outcome.Completed(exitCode(guest.exitCode()));
            case "MemoryError" -> new Outcome.OutOfMemory("The program needed more memory than there is", traceback);
            default ->
                new Outcome.PythonError(
                        bounded(guest.errorType(), MOST_TYPE), bounded(guest.message(), MOST_MESSAGE), traceback);
        };
    }

    /** Returns an exit code that an operating system can carry: none but 0 becomes 0. */
    private static int exitCode(int code) {
        return code >= 0 && code <= 255 ? code : Math.max(1, code & 0xFF);
    }

    /** Returns the text with its middle cut out, and a mark there, if it is longer than allowed. */
    private static String bounded(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        int from = most / 2;
        int to = text.length() - most / 2;
        from -= Character.isHighSurrogate(text.charAt(from - 1)) ? 1 : 0;
        to += Character.isLowSurrogate(text.charAt(to)) ? 1 : 0;
        return text.substring(0, from) + "\n[... " + (to - from) + " characters cut ...]\n" + text.substring(to);
    }

    /** Returns the result once the guest has returned. */
    FinishedRun finish(Outcome outcome) {
        Duration duration = elapsed();
        List<OutputFile> output = files.takeOutput();
        close();
        awaitListener();
        RunCounts counts = new RunCounts(
                toolCalls, hostCalls, ByteSize.ofBytes(guestCalls.fromGuest()), ByteSize.ofBytes(guestCalls.toGuest()));
        return new FinishedRun(outcome, stdout, stderr, duration, counts, output);
    }

    /**
     * Ends the run, once. Tools that go on are interrupted and abandoned, requests are aborted, and the listener is notified of
     * the end.
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
            events.output(false, stdout);
            stderr.end();
            events.output(true, stderr);
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
        boolean isError = file != 1;
        CapturedText stream = isError ? stderr : stdout;
        boolean isExceeded = stream.write(bytes);
        events.output(isError, stream);
        if (isExceeded && limits.outputOverflow() == OutputOverflow.STOP) {
            stop(
                    isError
                            ? new Outcome.OutputLimit(OutputStream.STDERR, limits.stderr())
                            : new Outcome.OutputLimit(OutputStream.STDOUT, limits.stdout()));
        }
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

    /** A tool call, with a copy of its arguments: their buffer is valid during the host call only. */
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

    /** Counts a call of the guest, and ends it if the run is over. Every call begins with this. */
    private void enter() throws RunEndedException {
        hostCalls++;
        goOn();
    }

    /** Waits for an HTTP exchange on its own thread. */
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
        return wallNanos - (System.nanoTime() - start);
    }

    /** Waits until all events are delivered: as long as the run might have lasted, and a little longer. */
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
