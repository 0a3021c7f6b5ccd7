package io.github.hyperlight4j.internal.pool;

import java.time.Duration;

/**
 * Settings of a pool.
 *
 * @param min the number of resources that are kept, however long they are idle
 * @param max the maximum number of resources
 * @param maxWaiting the maximum number of callers that wait at a time
 * @param waitTimeout the longest that a caller waits
 * @param idleTimeout the longest that an idle resource beyond {@code min} is kept
 */
public record PoolSettings(int min, int max, int maxWaiting, Duration waitTimeout, Duration idleTimeout) {}
