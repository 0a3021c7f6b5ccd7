package io.github.hyperlight4j.bench.jmh;

import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Sandbox;
import io.github.hyperlight4j.SandboxPool;
import io.github.hyperlight4j.Session;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** Runs of a program that does next to nothing: what the sandbox itself costs. */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class Runs {

    /** For JMH. */
    public Runs() {}

    /** A pool whose sandboxes are ready when a run begins: its caller has something else to do in between. */
    @State(Scope.Benchmark)
    public static class PausingCaller {

        private final SandboxPool pool = SandboxPool.builder().min(2).build();

        /** For JMH. */
        public PausingCaller() {}

        /** Waits until the pool has made up for the run before. */
        @Setup(Level.Invocation)
        public void pause() throws InterruptedException {
            while (pool.stats().idle() < 2) {
                Thread.sleep(1);
            }
        }

        /** Ends the pool. */
        @TearDown
        public void close() {
            pool.close();
        }
    }

    /** A pool whose callers come one after the other. */
    @State(Scope.Benchmark)
    public static class BusyCallers {

        private final SandboxPool pool = SandboxPool.builder()
                .min(2 * Runtime.getRuntime().availableProcessors())
                .build();

        /** For JMH. */
        public BusyCallers() {}

        /** Ends the pool. */
        @TearDown
        public void close() {
            pool.close();
        }
    }

    /** A sandbox without a pool. */
    @State(Scope.Benchmark)
    public static class OneSandbox {

        private final Sandbox sandbox = Sandbox.builder().build();

        /** For JMH. */
        public OneSandbox() {}

        /** Ends the sandbox. */
        @TearDown
        public void close() {
            sandbox.close();
        }
    }

    /** A session. */
    @State(Scope.Benchmark)
    public static class OneSession {

        private final Session session = Session.builder().build();

        /** For JMH. */
        public OneSession() {}

        /** Ends the session. */
        @TearDown
        public void close() {
            session.close();
        }
    }

    /** A clean run as the caller of a pool sees it. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public RunResult cleanPooled(PausingCaller caller) {
        return Programs.run(caller.pool::run, Programs.SMALL);
    }

    /** A clean run with its restore. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public RunResult cleanUnpooled(OneSandbox one) {
        return Programs.run(one.sandbox::run, Programs.SMALL);
    }

    /** A run in an interpreter that goes on. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public RunResult warm(OneSession one) {
        return Programs.run(one.session::run, Programs.SMALL);
    }

    /** Clean runs on all processors: callers, restores and all. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    @Threads(Threads.MAX)
    public RunResult cleanThroughput(BusyCallers callers) {
        return Programs.run(callers.pool::run, Programs.SMALL);
    }
}
