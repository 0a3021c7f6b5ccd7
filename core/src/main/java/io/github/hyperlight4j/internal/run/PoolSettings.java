package io.github.hyperlight4j.internal.run;

import java.time.Duration;

/**
 * How a pool behaves.
 *
 * @param min how many it keeps, however long nobody needs them
 * @param max how many it has at most
 * @param maxWaiting how many callers may wait at a time
 * @param waitTimeout how long a caller waits
 * @param idleTimeout how long one that is not needed is kept
 */
public record PoolSettings(int min, int max, int maxWaiting, Duration waitTimeout, Duration idleTimeout) {}
