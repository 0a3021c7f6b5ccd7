package io.github.hyperlight4j.internal.run;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One thread that looks after all runs in the process. A thread inside native code notices neither its deadline nor an
 * interrupt, so somebody else must; and a kill may come too early to be seen, so it is repeated.
 */
final class Watchdog {

    private static final long INTERVAL_MILLIS = 5;

    private static final ScheduledThreadPoolExecutor THREAD = thread();

    private Watchdog() {}

    /**
     * Calls {@code check} every few milliseconds, until the returned future is cancelled. It must not block or throw.
     */
    static Future<?> watch(Runnable check) {
        return THREAD.scheduleWithFixedDelay(check, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static ScheduledThreadPoolExecutor thread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("hyperlight4j-watchdog").daemon().factory());
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }
}
