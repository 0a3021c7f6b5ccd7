package io.github.hyperlight4j;

/**
 * What a {@link SandboxPool} holds at one moment, and what it has done so far.
 *
 * @param idle sandboxes that are ready to be used
 * @param preparing sandboxes that are being made, or made ready again, or wait for that
 * @param inUse sandboxes that are used
 * @param waiting callers that wait for one
 * @param created how many sandboxes have been made
 * @param discarded how many of those are gone: they were idle for long, or a run broke them, or the pool was closed
 * @param restored how often a used sandbox was made ready again before somebody took it
 */
public record PoolStats(int idle, int preparing, int inUse, int waiting, long created, long discarded, long restored) {

    /** Returns how many sandboxes there are. */
    public int size() {
        return idle + preparing + inUse;
    }
}
