package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.internal.guest.RunEndedException;

/** The run's deadline and cancellation, for operations that take many steps on the host. */
@FunctionalInterface
public interface StopCheck {

    /**
     * Does nothing while the run goes on.
     *
     * @throws RunEndedException if the run is over
     */
    void check() throws RunEndedException;
}
