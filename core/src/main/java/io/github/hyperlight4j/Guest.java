package io.github.hyperlight4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.HyperlightException.Code;
import io.github.hyperlight4j.internal.ffi.GuestImage;
import io.github.hyperlight4j.internal.ffi.HostUpcall;
import io.github.hyperlight4j.internal.ffi.NativeErrorCode;
import io.github.hyperlight4j.internal.ffi.NativeException;
import io.github.hyperlight4j.internal.ffi.NativeLibrary;
import io.github.hyperlight4j.internal.ffi.RuntimeDirectory;
import io.github.hyperlight4j.internal.ffi.SandboxHandle;
import io.github.hyperlight4j.internal.ffi.SnapshotHandle;
import io.github.hyperlight4j.internal.run.BootHost;
import io.github.hyperlight4j.internal.run.MicroVm;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A Python interpreter, booted and captured: what sandboxes start from. Loading one takes as long as booting it; a
 * sandbox made from it takes milliseconds. It knows nothing of tools or limits, so one serves all sandboxes of a
 * process; use several only to use several runtime folders.
 *
 * <p>A runtime folder holds the native library and the guest image. It is the one given here, or that of the system
 * property
 * {@code hyperlight4j.runtime}, or that of the environment variable {@code HYPERLIGHT4J_RUNTIME}, or
 * {@code hyperlight4j/runtime} in the user's cache folder ({@code $XDG_CACHE_HOME} or {@code ~/.cache}).
 */
public final class Guest implements AutoCloseable {

    /** Makes the interpreter do once what every first run does. */
    private static final byte[] WARM_UP = "print()".getBytes(UTF_8);

    private static final Object SHARED_LOCK = new Object();
    private static @Nullable Guest shared;

    private final SnapshotHandle snapshot;
    private final boolean isShared;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Guest(SnapshotHandle snapshot, boolean isShared) {
        this.snapshot = snapshot;
        this.isShared = isShared;
    }

    /**
     * Returns the guest of the usual runtime folder that the whole process shares, and loads it the first time. Closing
     * it does nothing.
     *
     * @return the guest
     * @throws HyperlightException if it cannot be loaded, or this host cannot run it; the next call tries again
     */
    public static Guest shared() {
        synchronized (SHARED_LOCK) {
            if (shared == null) {
                shared = new Guest(boot(RuntimeDirectory.find(null)), true);
            }
            return shared;
        }
    }

    /**
     * Loads a guest from the usual runtime folder.
     *
     * @return the guest, for the caller to close
     * @throws HyperlightException if it cannot be loaded, or this host cannot run it
     */
    public static Guest load() {
        return new Guest(boot(RuntimeDirectory.find(null)), false);
    }

    /**
     * Loads a guest from a runtime folder. A process uses one native library: that of the first folder.
     *
     * @param runtime the folder
     * @return the guest, for the caller to close
     * @throws HyperlightException if it cannot be loaded, or this host cannot run it
     */
    public static Guest load(Path runtime) {
        return new Guest(boot(RuntimeDirectory.find(Objects.requireNonNull(runtime, "runtime"))), false);
    }

    /** Makes a micro-VM that starts from this guest. */
    MicroVm newMicroVm() {
        if (closed.get()) {
            throw new IllegalStateException("The guest is closed");
        }
        return new MicroVm(snapshot.share());
    }

    /** Frees the guest's memory once its last sandbox is closed too. Those go on as they are. */
    @Override
    public void close() {
        if (!isShared && closed.compareAndSet(false, true)) {
            snapshot.close();
        }
    }

    private static SnapshotHandle boot(RuntimeDirectory runtime) {
        NativeLibrary.load(runtime);
        Path image = GuestImage.intact(runtime);
        try (HostUpcall upcall = new HostUpcall(new BootHost());
                SandboxHandle sandbox = SandboxHandle.boot(image, upcall)) {
            sandbox.run(WARM_UP, false);
            return sandbox.snapshot();
        } catch (NativeException e) {
            throw explain(e, runtime);
        }
    }

    /** A hypervisor that is missing or does not work has a reason, and something can be done about it. */
    private static HyperlightException explain(NativeException e, RuntimeDirectory runtime) {
        HyperlightException failure = e.asHostFailure("Booting the guest");
        if (e.code() != NativeErrorCode.NO_HYPERVISOR && e.code() != NativeErrorCode.HYPERVISOR) {
            return failure;
        }
        HostSupport support = HostSupport.probe(runtime.path());
        if (support.isUsable()) {
            return failure;
        }
        return new HyperlightException(
                Code.UNSUPPORTED_HOST,
                "This host cannot run micro-VMs (" + support.detail() + "). " + support.remedy(),
                e);
    }
}
