package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.internal.ffi.InterruptHandle;
import java.util.function.BooleanSupplier;

/** Kills what should stop in a micro-VM, again and again, until it has returned. Close it when it has. */
final class RunKiller implements AutoCloseable, Runnable {

    private final BooleanSupplier shouldStop;
    private final InterruptHandle interrupt;
    private boolean returned;

    /** {@code shouldStop} is asked every few milliseconds. It must not block or throw. */
    RunKiller(BooleanSupplier shouldStop, InterruptHandle interrupt) {
        this.shouldStop = shouldStop;
        this.interrupt = interrupt;
        Watchdog.watch(this);
    }

    /** Called by the watchdog. */
    @Override
    public synchronized void run() {
        if (!returned && shouldStop.getAsBoolean()) {
            interrupt.kill();
        }
    }

    /** From here on, no kill is in progress and none will be: none can meet the next run. */
    @Override
    public void close() {
        Watchdog.forget(this);
        synchronized (this) {
            returned = true;
        }
    }
}
