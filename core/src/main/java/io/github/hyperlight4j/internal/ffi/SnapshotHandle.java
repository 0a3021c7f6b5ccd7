package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.bindings.hl4j_h;
import java.lang.foreign.MemorySegment;

/**
 * The state of a micro-VM, captured. Owned in common: by the guest that made it and by each sandbox that restores it.
 */
public final class SnapshotHandle extends NativeObject {

    private int owners = 1;

    SnapshotHandle(MemorySegment pointer) {
        super(pointer, hl4j_h::hl4j_snapshot_delete);
    }

    /**
     * Makes the caller an owner too.
     *
     * @return this
     * @throws IllegalStateException if the last owner has closed it
     */
    public synchronized SnapshotHandle share() {
        if (owners == 0) {
            throw new IllegalStateException("The guest is closed");
        }
        owners++;
        return this;
    }

    /** Gives up the caller's ownership; the last one deletes the snapshot. To be called once by each owner. */
    @Override
    public synchronized void close() {
        owners--;
        if (owners == 0) {
            super.close();
        }
    }
}
