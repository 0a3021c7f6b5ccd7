package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.util.concurrent.CompletableFuture;

/** How a run's thread waits for something that happens on another one. */
@FunctionalInterface
public interface Waiting {

    /**
     * Waits until a future is done, whatever its result.
     *
     * @param future what to wait for
     * @param nanoseconds how long at most
     * @return whether it is done
     * @throws RunEndedException if the run ends before
     */
    boolean await(CompletableFuture<?> future, long nanoseconds) throws RunEndedException;
}
