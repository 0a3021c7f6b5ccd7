package io.github.hyperlight4j.internal.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.bindings.hl4j_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * The state of a micro-VM, captured. Owned in common: by the guest that made it and by each sandbox that restores it.
 */
public final class SnapshotHandle extends NativeObject {

    private int owners = 1;

    SnapshotHandle(MemorySegment pointer) {
        super(pointer, hl4j_h::hl4j_snapshot_delete);
    }

    /**
     * Maps a snapshot that was saved. Its files must be trusted, and must not change while it or a sandbox made from it
     * exists.
     *
     * @param directory where it was saved
     * @return the snapshot, with the caller as its owner
     * @throws NativeException if it is not there, or not for this host
     */
    public static SnapshotHandle load(Path directory) throws NativeException {
        byte[] path = directory.toString().getBytes(UTF_8);
        return new SnapshotHandle(
                NativeCalls.produce((arena, out) -> hl4j_h.hl4j_snapshot_load(NativeCalls.lend(arena, path), out)));
    }

    /**
     * Writes the snapshot to files, not atomically.
     *
     * @param directory where to; made if it is missing, in a directory that exists
     * @throws NativeException if that fails
     */
    public void save(Path directory) throws NativeException {
        byte[] path = directory.toString().getBytes(UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            NativeCalls.check(hl4j_h.hl4j_snapshot_save(pointer(), NativeCalls.lend(arena, path)));
        }
    }

    /**
     * Makes the caller an owner too.
     *
     * @return this
     * @throws IllegalStateException if the last owner has closed it
     */
    public synchronized SnapshotHandle share() {
        if (owners == 0) {
            throw new IllegalStateException("The snapshot is closed");
        }
        owners++;
        return this;
    }

    /** Gives up the caller's ownership; the last one deletes the snapshot. To be called once by each owner. */
    @Override
    public synchronized void close() {
        if (owners == 1) {
            super.close();
        }
        owners--;
    }
}
