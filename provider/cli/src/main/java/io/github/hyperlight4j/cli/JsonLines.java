package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.InvalidCodeException;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.SandboxPool;
import io.github.hyperlight4j.cli.JsonLine.BadLineException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs programs that come as lines of JSON, several at a time, and prints each one's result as a line of JSON when it is
 * there. Reads no more lines than it runs programs at a time. Whatever a line is, the next one gets its turn.
 */
final class JsonLines {

    /** Room for the largest program with every character escaped. */
    private static final int LONGEST_LINE = 64 << 20;

    private static final long PROGRESS_SECONDS = 5;

    private final PrintStream out;
    private final PrintStream err;
    private final int jobs;
    private final SandboxConfig config;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final long start = System.nanoTime();
    private long lastProgress = start;
    private volatile boolean brokenPipe;

    JsonLines(PrintStream out, PrintStream err, int jobs, SandboxConfig config) {
        this.out = out;
        this.err = err;
        this.jobs = jobs;
        this.config = config;
    }

    /** Runs all programs, and returns the exit code. */
    int run(InputStream in) throws BadProgramException {
        // Twice the jobs: as many can be made ready while as many run. Closed first, the pool ends what still runs when
        // nobody reads the results any more.
        try (ExecutorService threads = Executors.newFixedThreadPool(jobs);
                SandboxPool pool = SandboxPool.builder().min(jobs).max(2 * jobs).build()) {
            runAll(new LineReader(in, LONGEST_LINE), pool, threads);
        } catch (IOException e) {
            throw new BadProgramException("standard input cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.SANDBOX_FAILED;
        }
        if (brokenPipe) {
            return ExitCode.BROKEN_PIPE;
        }
        err.println(progress());
        return failed.get() == 0 ? ExitCode.OK : ExitCode.SOME_FAILED;
    }

    private void runAll(LineReader lines, SandboxPool pool, ExecutorService threads)
            throws IOException, InterruptedException {
        Semaphore free = new Semaphore(jobs);
        for (long number = 1; ; number++) {
            free.acquire();
            LineReader.Line line = brokenPipe ? null : lines.next();
            if (line == null) {
                break;
            }
            long current = number;
            threads.execute(() -> {
                try {
                    runOne(line, current, pool);
                } finally {
                    free.release();
                }
            });
        }
        // All but the permit that was taken for the line that did not come. Waits here, where an interrupt ends it.
        while (!free.tryAcquire(jobs - 1, 100, TimeUnit.MILLISECONDS)) {
            if (brokenPipe) {
                return;
            }
        }
    }

    private void runOne(LineReader.Line line, long number, SandboxPool pool) {
        JsonNode id = JsonNodeFactory.instance.numberNode(number);
        try {
            if (isBlank(line)) {
                return;
            }
            if (!line.isWhole()) {
                throw new BadLineException(id, "the line is longer than " + LONGEST_LINE + " bytes", null);
            }
            JsonLine program = JsonLine.parse(line.bytes(), number, config.limits());
            id = program.id();
            try (RunResult result = pool.run(program.code(), with(program.limits()))) {
                int exitCode = RunCommand.exitCode(result.outcome());
                boolean isFailure = exitCode != 0 || !(result.outcome() instanceof Outcome.Completed);
                print(id, JsonReport.node(result, exitCode, RunCommand.epilogue(result.outcome()), null), isFailure);
            }
        } catch (BadLineException e) {
            print(e.id(), error("bad_line", e.getMessage()), true);
        } catch (InvalidCodeException e) {
            print(id, error("bad_line", e.getMessage()), true);
        } catch (HyperlightException | IllegalStateException | IllegalArgumentException e) {
            print(id, error("host_failure", e.getMessage()), true);
        }
    }

    private SandboxConfig with(Limits limits) {
        return config.toBuilder().limits(limits).build();
    }

    private static ObjectNode error(String outcome, @Nullable String message) {
        return JsonMapper.shared().createObjectNode().put("outcome", outcome).put("error", String.valueOf(message));
    }

    private static boolean isBlank(LineReader.Line line) {
        for (byte b : line.bytes()) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    /** One line at a time: results come from several threads. */
    private synchronized void print(JsonNode id, ObjectNode report, boolean isFailure) {
        done.incrementAndGet();
        if (isFailure) {
            failed.incrementAndGet();
        }
        ObjectNode line = JsonMapper.shared().createObjectNode();
        line.set("id", id);
        line.setAll(report);
        out.print(line.toString() + "\n");
        if (out.checkError()) {
            brokenPipe = true;
        }
        long now = System.nanoTime();
        if (now - lastProgress >= TimeUnit.SECONDS.toNanos(PROGRESS_SECONDS)) {
            lastProgress = now;
            err.println(progress());
        }
    }

    private String progress() {
        double seconds = (System.nanoTime() - start) / 1e9;
        return "hyperlight4j: %d done, %d of them failed, in %.1f s".formatted(done.get(), failed.get(), seconds);
    }
}
