package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.InvalidCodeException;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.SandboxPool;
import io.github.hyperlight4j.cli.JsonLine.BadLineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * Runs programs that come as lines of JSON, several at a time, and prints each one's result as a line of JSON when it is
 * there: one line for each, whatever the line is and whatever this process runs out of. Reads no more lines than it runs
 * programs at a time, and than half of its heap has room for.
 */
final class JsonLines {

    /** Room for the largest program with every character escaped. */
    private static final int LONGEST_LINE = 64 << 20;

    /** What is larger in {@code /output} is in a file of the host. */
    private static final long LARGEST_FILES_IN_MEMORY = 8L << 20;

    private static final long PROGRESS_SECONDS = 5;
    private static final int MIB = 1 << 20;

    private final PrintStream out;
    private final PrintStream err;
    private final int jobs;
    private final SandboxConfig config;
    private final boolean failIfCut;

    /** Permits for programs. A program has one until its result is printed. */
    private final Semaphore free;

    /** Permits for MiB of the heap. */
    private final Semaphore memory;

    private final int budget;
    private final long start = System.nanoTime();

    /** Nothing more is to be read: results have no reader, or the process ends. */
    private volatile boolean stopped;

    private volatile boolean brokenPipe;

    // Below: guarded by this.
    private long done;
    private long failed;
    private long lost;
    private int running;
    private long lastProgress = start;

    JsonLines(PrintStream out, PrintStream err, int jobs, SandboxConfig config, boolean failIfCut) {
        this.out = out;
        this.err = err;
        this.jobs = jobs;
        this.config = config;
        this.failIfCut = failIfCut;
        free = new Semaphore(jobs);
        budget = Math.clamp(Runtime.getRuntime().maxMemory() / 2 / MIB, 1, Integer.MAX_VALUE);
        memory = new Semaphore(budget);
    }

    /** Runs all programs, and returns the exit code. */
    int run(InputStream in) throws BadProgramException {
        // Twice the jobs: as many can be made ready while as many run. Closed first, the pool ends what still runs when
        // results have no reader any more.
        try (ExecutorService threads = Executors.newFixedThreadPool(jobs);
                SandboxPool pool = SandboxPool.builder().min(jobs).max(2 * jobs).build();
                Interruption interruption = Interruption.handle(() -> interrupt(pool))) {
            runAll(new LineReader(in, LONGEST_LINE), pool, threads);
            if (interruption.happened()) {
                return ExitCode.INTERRUPTED;
            }
        } catch (IOException e) {
            throw new BadProgramException("standard input cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.SANDBOX_FAILED;
        }
        return brokenPipe ? ExitCode.BROKEN_PIPE : summarize();
    }

    /** What a line may hold of the heap until its result is printed, in MiB. */
    int cost(int lineSize, Limits limits) {
        long bytes = 3L * lineSize
                + 2 * (limits.stdout().bytes() + limits.stderr().bytes())
                + Math.min(LARGEST_FILES_IN_MEMORY, limits.outputSize().bytes());
        return (int) Math.min(budget, (bytes + MIB - 1) / MIB);
    }

    private synchronized int summarize() {
        err.println(progress());
        if (lost > 0) {
            err.println("hyperlight4j: the results of " + lost
                    + " programs could not be printed: this process was out of" + " memory");
            return ExitCode.SANDBOX_FAILED;
        }
        return failed == 0 ? ExitCode.OK : ExitCode.SOME_FAILED;
    }

    private void runAll(LineReader lines, SandboxPool pool, ExecutorService threads)
            throws IOException, InterruptedException {
        for (long number = 1; ; number++) {
            free.acquire();
            LineReader.Line line = stopped ? null : lines.next();
            if (line == null) {
                free.release();
                break;
            }
            if (line.isBlank()) {
                free.release();
            } else {
                begin(line, number, pool, threads);
            }
        }
        awaitResults(Long.MAX_VALUE); // Here, where an interrupt ends it.
    }

    /** Waits until no program runs, or results have no reader any more; returns whether none runs. */
    private synchronized boolean awaitResults(long millis) throws InterruptedException {
        long begun = System.nanoTime();
        while (running > 0 && !brokenPipe && (System.nanoTime() - begun) / 1_000_000 < millis) {
            wait(100);
        }
        return running == 0;
    }

    private synchronized void begun() {
        running++;
    }

    private void ended(int cost) {
        memory.release(cost);
        free.release();
        synchronized (this) {
            running--;
            notifyAll();
        }
    }

    /** Has a program run. Whatever happens, its result is printed and its permits are given back. */
    private void begin(LineReader.Line line, long number, SandboxPool pool, ExecutorService threads)
            throws InterruptedException {
        JsonNode id = JsonLine.noId();
        int cost = 0;
        begun();
        try {
            if (!line.isWhole()) {
                throw new BadLineException(
                        id,
                        "the line is longer than " + LONGEST_LINE + " bytes, or than this process has memory for",
                        null);
            }
            JsonLine program = JsonLine.parse(line.bytes(), config.limits());
            id = program.id();
            int needed = cost(line.bytes().length, program.limits());
            memory.acquire(needed);
            cost = needed;
            threads.execute(() -> {
                try {
                    runOne(program, number, pool);
                } finally {
                    ended(needed);
                }
            });
        } catch (BadLineException e) {
            printError(e.id(), number, "bad_line", e);
            ended(cost);
        } catch (RuntimeException | Error e) {
            printError(id, number, "host_failure", e);
            ended(cost);
        }
    }

    private void runOne(JsonLine program, long number, SandboxPool pool) {
        try (RunResult result = pool.run(program.code(), with(program.limits()))) {
            print(program, number, result);
        } catch (InvalidCodeException e) {
            printError(program.id(), number, "bad_line", e);
        } catch (IOException | RuntimeException | Error e) {
            printError(program.id(), number, "host_failure", e);
        }
    }

    private SandboxConfig with(Limits limits) {
        return config.toBuilder().limits(limits).build();
    }

    /** One at a time, for results come from several threads; and as a whole or not at all. */
    private synchronized void print(JsonLine program, long number, RunResult result) throws IOException {
        int exitCode = ExitCode.of(result.outcome());
        if (exitCode == ExitCode.OK
                && failIfCut
                && !Cuts.of(result, program.limits()).isEmpty()) {
            exitCode = ExitCode.CUT;
        }
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator json = begin(line, program.id(), number)) {
            JsonReport.write(json, result, exitCode, program.limits(), null, Map.of());
            json.writeEndObject();
        }
        print(line, exitCode != 0 || !(result.outcome() instanceof Outcome.Completed));
    }

    /** Prints why there is no result. */
    private synchronized void printError(JsonNode id, long number, String outcome, Throwable e) {
        try {
            String message = e instanceof OutOfMemoryError
                    ? "this process is out of memory: give it a larger heap, or lower --jobs or the limits"
                    : String.valueOf(e.getMessage());
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            try (JsonGenerator json = begin(line, id, number)) {
                json.writeStringProperty("outcome", outcome);
                JsonReport.writeError(json, message);
                json.writeEndObject();
            }
            print(line, true);
        } catch (IOException | RuntimeException | Error failure) {
            lost++;
        }
    }

    private static JsonGenerator begin(ByteArrayOutputStream line, JsonNode id, long number) {
        JsonGenerator json = JsonReport.begin(line);
        json.writeName("id");
        json.writeTree(id);
        json.writeNumberProperty("line", number);
        return json;
    }

    private void print(ByteArrayOutputStream line, boolean isFailure) throws IOException {
        line.write('\n');
        line.writeTo(out);
        done++;
        failed += isFailure ? 1 : 0;
        if (out.checkError()) {
            brokenPipe = true;
            stopped = true;
        }
        long now = System.nanoTime();
        if (now - lastProgress >= TimeUnit.SECONDS.toNanos(PROGRESS_SECONDS)) {
            lastProgress = now;
            reportProgress();
        }
    }

    /** The result is printed: what goes wrong from here on must not have it printed again. */
    private void reportProgress() {
        try {
            err.println(progress());
        } catch (RuntimeException | Error e) {
            lastProgress = System.nanoTime(); // The next time.
        }
    }

    private String progress() {
        double seconds = (System.nanoTime() - start) / 1e9;
        return "hyperlight4j: %d done, %d of them failed, in %.1f s".formatted(done, failed, seconds);
    }

    /** Ends what runs, and has its results printed. */
    private void interrupt(SandboxPool pool) {
        stopped = true;
        pool.close();
        try {
            if (!awaitResults(10_000)) {
                err.println("hyperlight4j: some results could not be printed in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            err.println("hyperlight4j: interrupted; " + progress());
        }
    }
}
