package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.boot.BootedSnapshot;
import io.github.hyperlight4j.internal.boot.SnapshotLoader;
import io.github.hyperlight4j.internal.ffi.SnapshotHandle;
import io.github.hyperlight4j.internal.run.MicroVm;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A booted, captured Python interpreter, from which sandboxes start in milliseconds. It holds no tools and no limits, so
 * one snapshot serves all sandboxes of a process. Use several only for several runtime folders, or for captured
 * {@linkplain Session#capture() sessions}.
 *
 * <p>A runtime folder holds the native library and the guest image. It is the folder given here, or else the first of: the
 * system property {@code hyperlight4j.runtime}, the environment variable {@code HYPERLIGHT4J_RUNTIME}, and
 * {@code hyperlight4j/runtime} in the user's cache folder ({@code $XDG_CACHE_HOME} or {@code ~/.cache}).
 *
 * <p>Booting takes long, so the first process boots and keeps a snapshot that later processes load. A kept snapshot fits
 * the native library, the guest image and the kind of processor that it was made with; there is one for each. It is
 * searched in the folder {@code snapshots} of the runtime folder, which {@link #warm(Path)} can fill when an image is
 * built, and then in the user's own folder, where new ones are put: the folder named by the system property
 * {@code hyperlight4j.snapshots} or the environment variable {@code HYPERLIGHT4J_SNAPSHOTS}, or
 * {@code hyperlight4j/snapshots} in the user's cache folder. The value {@code none} disables kept snapshots. A snapshot
 * that is damaged or does not fit is replaced. Where none can be kept, the process boots and goes on, and the log says
 * why.
 *
 * <p>Security: a user who can write the folder of snapshots decides what runs inside the micro-VM, and so what every
 * program sees of its interpreter. The micro-VM still confines it. A folder that belongs to another user (other than the
 * administrator), or that others can write, is not used. New folders have mode 0700.
 */
public final class Snapshot implements AutoCloseable {

    private static final Object SHARED_LOCK = new Object();
    private static @Nullable Snapshot shared;

    private final BootedSnapshot booted;
    private final boolean isShared;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Snapshot(BootedSnapshot booted, boolean isShared) {
        this.booted = booted;
        this.isShared = isShared;
    }

    /**
     * Returns the snapshot of the usual runtime folder, shared by the whole process. The first call loads it. Closing it
     * does nothing.
     *
     * @return the snapshot
     * @throws HyperlightException if it cannot be loaded, or this host cannot run it; the next call tries again
     */
    public static Snapshot shared() {
        synchronized (SHARED_LOCK) {
            if (shared == null) {
                shared = new Snapshot(SnapshotLoader.load(null), true);
            }
            return shared;
        }
    }

    /**
     * Loads a snapshot from the usual runtime folder.
     *
     * @return the snapshot, for the caller to close
     * @throws HyperlightException if it cannot be loaded, or this host cannot run it
     */
    public static Snapshot load() {
        return new Snapshot(SnapshotLoader.load(null), false);
    }

    /**
     * Loads a snapshot from a runtime folder. A process uses one native library: that of the first folder.
     *
     * @param runtime the folder
     * @return the snapshot, for the caller to close
     * @throws HyperlightException if it cannot be loaded, or this host cannot run it
     */
    public static Snapshot load(Path runtime) {
        return new Snapshot(SnapshotLoader.load(Objects.requireNonNull(runtime, "runtime")), false);
    }

    /**
     * Keeps a snapshot for this host in a folder, readable by all users, unless one is there. Meant for the folder
     * {@code snapshots} of a runtime folder, in an image in which the application will run. Uses the usual runtime folder.
     *
     * @param folder the folder of snapshots; made if it is missing
     * @return whether it was not there, and was made
     * @throws HyperlightException if it cannot be made, or not be kept there
     */
    public static boolean warm(Path folder) {
        return SnapshotLoader.warm(Objects.requireNonNull(folder, "folder"));
    }

    /**
     * Keeps a snapshot for this host in the user's own folder, unless one is there, so that the next process need not
     * boot. Uses the usual runtime folder.
     *
     * @return whether it was not there, and was made
     * @throws HyperlightException if it cannot be made, or not be kept there
     */
    public static boolean warm() {
        return SnapshotLoader.warm(null);
    }

    /** Makes the snapshot of a captured session, which becomes its to close. */
    static Snapshot captured(SnapshotHandle handle) {
        return new Snapshot(new BootedSnapshot(handle, true), false);
    }

    /** Returns the same snapshot, to be closed on its own. */
    Snapshot share() {
        requireOpen();
        return new Snapshot(booted.share(), false);
    }

    /** Makes a micro-VM that starts from this snapshot. */
    MicroVm newMicroVm() {
        requireOpen();
        return booted.newMicroVm();
    }

    /** Frees the snapshot's memory once its last sandbox is closed too. Open sandboxes are not affected. */
    @Override
    public void close() {
        if (!isShared && closed.compareAndSet(false, true)) {
            booted.close();
        }
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("The snapshot is closed");
        }
    }
}
