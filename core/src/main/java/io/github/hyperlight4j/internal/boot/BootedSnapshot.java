package io.github.hyperlight4j.internal.boot;

import io.github.hyperlight4j.internal.ffi.SnapshotHandle;
import io.github.hyperlight4j.internal.run.MicroVm;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A snapshot in memory, and the micro-VM that was made from it to show that it fits this host. Owns both. */
public final class BootedSnapshot implements AutoCloseable {

    private final SnapshotHandle handle;
    private final boolean continues;
    /** The micro-VM that showed that the snapshot can be used, until a sandbox takes it. */
    private final AtomicReference<@Nullable MicroVm> first = new AtomicReference<>();

    /**
     * @param handle the snapshot; becomes this one's to close
     * @param continues whether programs go on in the {@code __main__} module that was captured
     */
    public BootedSnapshot(SnapshotHandle handle, boolean continues) {
        this.handle = handle;
        this.continues = continues;
    }

    /** Returns the same snapshot with a count of its own. The unused first micro-VM goes with it. */
    public BootedSnapshot share() {
        BootedSnapshot same = new BootedSnapshot(handle.share(), continues);
        same.first.set(first.getAndSet(null));
        return same;
    }

    /**
     * {@return a micro-VM that starts from this snapshot}
     *
     * @throws io.github.hyperlight4j.HyperlightException if it cannot be made
     */
    public MicroVm newMicroVm() {
        MicroVm made = first.getAndSet(null);
        return made != null ? made : new MicroVm(handle.share(), continues);
    }

    /** Makes a micro-VM, for the first sandbox: only that shows that the snapshot fits this host. */
    void prove() {
        first.set(newMicroVm());
    }

    /** Frees the snapshot, once its last micro-VM is freed too. */
    @Override
    public void close() {
        MicroVm unused = first.getAndSet(null);
        if (unused != null) {
            unused.close();
        }
        handle.close();
    }
}
