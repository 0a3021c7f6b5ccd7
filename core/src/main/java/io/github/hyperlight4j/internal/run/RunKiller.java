package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.internal.ffi.InterruptHandle;
import java.util.concurrent.Future;

/** Kills a run that should stop, again and again, until it has returned. Close it when it has. */
final class RunKiller implements AutoCloseable {

    private final Run run;
    private final InterruptHandle interrupt;
    private final Future<?> watch;
    private boolean returned;

    RunKiller(Run run, InterruptHandle interrupt) {
        this.run = run;
        this.interrupt = interrupt;
        this.watch = Watchdog.watch(this::check);
    }

    private synchronized void check() {
        if (!returned && run.shouldStop()) {
            interrupt.kill();
        }
    }

    /** From here on, no kill is in progress and none will be: none can meet the next run. */
    @Override
    public synchronized void close() {
        returned = true;
        watch.cancel(false);
    }
}
