package io.github.hyperlight4j.internal.run;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread that looks after all runs in the process. A thread inside native code notices neither its deadline nor an
 * interrupt, so somebody else must; and a kill may come too early to be seen, so it is repeated. It stays awake for a
 * while after the last run, for waking it takes longer than a short run does without.
 */
final class Watchdog {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** How often it looks for runs in vain before it sleeps: for about a second. */
    private static final int ROUNDS_AWAKE = 200;

    private static final Set<Runnable> CHECKS = ConcurrentHashMap.newKeySet();
    private static final Thread THREAD =
            Thread.ofPlatform().name("hyperlight4j-watchdog").daemon().start(Watchdog::watch);
    private static volatile boolean isAsleep;

    private Watchdog() {}

    /** Runs {@code check} every few milliseconds, until {@link #forget}. It must not block or throw. */
    static void watch(Runnable check) {
        CHECKS.add(check);
        if (isAsleep) {
            LockSupport.unpark(THREAD);
        }
    }

    static void forget(Runnable check) {
        CHECKS.remove(check);
    }

    private static void watch() {
        int rounds = 0;
        while (true) {
            LockSupport.parkNanos(Watchdog.class, INTERVAL_NANOS);
            CHECKS.forEach(Runnable::run);
            rounds = CHECKS.isEmpty() ? rounds + 1 : 0;
            if (rounds > ROUNDS_AWAKE) {
                sleep();
                rounds = 0;
            }
        }
    }

    private static void sleep() {
        isAsleep = true;
        while (CHECKS.isEmpty()) { // Whoever came before it was asleep does not wake it.
            LockSupport.park(Watchdog.class);
        }
        isAsleep = false;
    }
}
