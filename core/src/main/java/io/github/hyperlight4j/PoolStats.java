package io.github.hyperlight4j;

/**
 * State of a {@link SandboxPool} at one moment, with counts since it was built.
 *
 * @param idle sandboxes that are ready to be used
 * @param preparing sandboxes being created or restored, or queued for it
 * @param inUse sandboxes that run a program or are held by a caller
 * @param waiting callers that wait for a sandbox
 * @param created sandboxes created so far
 * @param discarded sandboxes discarded so far: idle for long, broken by a run, or of a closed pool
 * @param restored restores in the background so far
 */
public record PoolStats(int idle, int preparing, int inUse, int waiting, long created, long discarded, long restored) {

    /** Returns the number of sandboxes. */
    public int size() {
        return idle + preparing + inUse;
    }
}
