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
import io.github.hyperlight4j.internal.guest.GuestCalls;
import io.github.hyperlight4j.internal.guest.GuestExecutor;
import io.github.hyperlight4j.internal.guest.GuestHost;
import io.github.hyperlight4j.internal.guest.GuestProtocolException;
import io.github.hyperlight4j.internal.run.MicroVm;
import io.github.hyperlight4j.internal.snapshot.SnapshotFolder;
import io.github.hyperlight4j.internal.snapshot.SnapshotFolders;
import io.github.hyperlight4j.internal.snapshot.SnapshotKey;
import io.github.hyperlight4j.internal.snapshot.SnapshotSearch;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A Python interpreter, booted and captured: what sandboxes start from, in milliseconds. It knows nothing of tools or
 * limits, so one serves all sandboxes of a process; use several only to use several runtime folders, or captured
 * {@linkplain Session#capture() sessions}.
 *
 * <p>A runtime folder holds the native library and the guest image. It is the one given here, or that of the system
 * property
 * {@code hyperlight4j.runtime}, or that of the environment variable {@code HYPERLIGHT4J_RUNTIME}, or
 * {@code hyperlight4j/runtime} in the user's cache folder ({@code $XDG_CACHE_HOME} or {@code ~/.cache}).
 *
 * <p>Booting takes long, so the first process does it, and keeps a snapshot that later ones load. A snapshot fits the
 * native library, the guest image and the kind of processor that it was made with; there is one for each. It is looked
 * for in the folder {@code snapshots} of the runtime folder, which {@link #warm(Path)} can fill when an image is built,
 * and then in the user's own folder, where new ones are put: the one that the system property
 * {@code hyperlight4j.snapshots} or the environment variable {@code HYPERLIGHT4J_SNAPSHOTS} names, or
 * {@code hyperlight4j/snapshots} in the user's cache folder; {@code none} keeps none. A snapshot that is damaged or does
 * not fit is replaced, and where none can be kept, this process boots and goes on; the log says why.
 *
 * <p>Security: who can write the folder of snapshots decides what runs inside the micro-VM, and so what every program
 * sees of its interpreter. It stays inside: the host answers it no differently. Still, a folder that belongs to another
 * user (other than the administrator), or that others can write, is not used. New ones have mode 0700.
 */
public final class Guest implements AutoCloseable {

    /** Makes the interpreter do once what every first run does. */
    private static final byte[] WARM_UP = "print()".getBytes(UTF_8);

    private static final Object SHARED_LOCK = new Object();
    private static @Nullable Guest shared;

    private final SnapshotHandle snapshot;
    private final boolean isCaptured;
    /** Set before anybody else sees it. */
    private boolean isShared;

    private final AtomicBoolean closed = new AtomicBoolean();
    /** The micro-VM that showed that the snapshot can be used, until somebody takes it. */
    private final AtomicReference<@Nullable MicroVm> first = new AtomicReference<>();

    private Guest(SnapshotHandle snapshot, boolean isCaptured) {
        this.snapshot = snapshot;
        this.isCaptured = isCaptured;
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
                Guest loaded = load(RuntimeDirectory.find(null));
                loaded.isShared = true;
                shared = loaded;
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
        return load(RuntimeDirectory.find(null));
    }

    /**
     * Loads a guest from a runtime folder. A process uses one native library: that of the first folder.
     *
     * @param runtime the folder
     * @return the guest, for the caller to close
     * @throws HyperlightException if it cannot be loaded, or this host cannot run it
     */
    public static Guest load(Path runtime) {
        return load(RuntimeDirectory.find(Objects.requireNonNull(runtime, "runtime")));
    }

    /**
     * Makes sure that a snapshot for this host is in a folder, readable by everybody: the folder {@code snapshots} of a
     * runtime folder, for an image in which the application will run. Uses the usual runtime folder.
     *
     * @param folder the folder of snapshots; made if it is missing
     * @return whether it was not there, and was made
     * @throws HyperlightException if it cannot be made, or not be kept there
     */
    public static boolean warm(Path folder) {
        return warm(SnapshotFolder.readableByAll(folder.toAbsolutePath()), RuntimeDirectory.find(null));
    }

    /**
     * Makes sure that a snapshot for this host is in the user's own folder, so that the next process need not boot. Uses
     * the usual runtime folder.
     *
     * @return whether it was not there, and was made
     * @throws HyperlightException if it cannot be made, or not be kept there
     */
    public static boolean warm() {
        RuntimeDirectory runtime = RuntimeDirectory.find(null);
        SnapshotFolder own = SnapshotFolders.of(runtime).own();
        if (own == null) {
            throw new HyperlightException(Code.SNAPSHOT, "This process is told to keep no snapshots");
        }
        return warm(own, runtime);
    }

    /** Makes a guest of a captured session; the snapshot becomes its to close. */
    static Guest captured(SnapshotHandle snapshot) {
        return new Guest(snapshot, true);
    }

    /** Returns the same guest, to be closed on its own. */
    Guest share() {
        requireOpen();
        Guest same = new Guest(snapshot.share(), isCaptured);
        same.first.set(first.getAndSet(null));
        return same;
    }

    /** Makes a micro-VM that starts from this guest. */
    MicroVm newMicroVm() {
        requireOpen();
        MicroVm made = first.getAndSet(null);
        return made != null ? made : new MicroVm(snapshot.share(), isCaptured);
    }

    /** Frees the guest's memory once its last sandbox is closed too. Those go on as they are. */
    @Override
    public void close() {
        if (!isShared && closed.compareAndSet(false, true)) {
            MicroVm unused = first.getAndSet(null);
            if (unused != null) {
                unused.close();
            }
            snapshot.close();
        }
    }

    /** Only asked for when there is something to say: it takes long, and a process that starts has no time. */
    private static System.Logger log() {
        return System.getLogger("io.github.hyperlight4j.snapshot");
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("The guest is closed");
        }
    }

    private static Guest load(RuntimeDirectory runtime) {
        SnapshotFolders folders = SnapshotFolders.of(runtime);
        // Meanwhile, on another processor: comparing a snapshot with its checksum takes about as long.
        SnapshotSearch search = SnapshotSearch.begin(runtime, folders);
        NativeLibrary.load(runtime);
        SnapshotSearch.Result result = search.result();
        Guest shipped = use(result.shipped());
        if (shipped != null) {
            return shipped;
        }
        SnapshotFolder own = folders.own();
        if (own == null) {
            return new Guest(boot(runtime), false);
        }
        Path found = result.shipped() == null ? result.own() : own.find(result.key());
        Guest saved = use(found);
        return saved != null ? saved : keep(boot(runtime), own, result.key(), found != null);
    }

    /** Loads a snapshot and makes a micro-VM from it: only that shows that it fits this host. */
    private static @Nullable Guest use(@Nullable Path directory) {
        if (directory == null) {
            return null;
        }
        Guest guest;
        try {
            guest = new Guest(SnapshotHandle.load(directory), false);
        } catch (NativeException e) {
            log().log(Level.WARNING, "The snapshot " + directory + " cannot be used here: " + e.getMessage());
            return null;
        }
        try {
            guest.first.set(guest.newMicroVm());
            return guest;
        } catch (HyperlightException e) {
            log().log(Level.WARNING, "The snapshot " + directory + " cannot be used here: " + e.getMessage());
            guest.close();
            return null;
        }
    }

    /** Keeps what was booted, and uses the kept one, whose memory all processes have in common. */
    private static Guest keep(SnapshotHandle booted, SnapshotFolder folder, SnapshotKey key, boolean replace) {
        try {
            Guest kept = use(save(booted, folder, key, replace));
            if (kept != null) {
                booted.close();
                return kept;
            }
        } catch (NativeException | IOException e) {
            log().log(
                            Level.WARNING,
                            "The booted interpreter cannot be kept in " + folder
                                    + ", so the next process will boot as well: " + e);
        }
        return new Guest(booted, false);
    }

    private static boolean warm(SnapshotFolder folder, RuntimeDirectory runtime) {
        NativeLibrary.load(runtime);
        SnapshotKey key = SnapshotKey.of(runtime);
        Path found = folder.find(key);
        try (Guest present = use(found)) {
            if (present != null) {
                return false;
            }
        }
        SnapshotHandle booted = boot(runtime);
        try (Guest kept = use(save(booted, folder, key, found != null))) {
            if (kept == null) {
                throw new HyperlightException(Code.SNAPSHOT, "The snapshot was saved, but cannot be used: see the log");
            }
            return true;
        } catch (NativeException e) {
            throw e.asHostFailure("Saving the snapshot");
        } catch (IOException e) {
            throw new HyperlightException(
                    Code.IO, "The snapshot cannot be kept in " + folder + ": " + e.getMessage(), e);
        } finally {
            booted.close();
        }
    }

    private static Path save(SnapshotHandle snapshot, SnapshotFolder folder, SnapshotKey key, boolean replace)
            throws NativeException, IOException {
        Path directory = folder.save(key, snapshot::save, replace);
        log().log(Level.DEBUG, "The booted interpreter is kept in {0}", directory);
        return directory;
    }

    private static SnapshotHandle boot(RuntimeDirectory runtime) {
        Path image = GuestImage.intact(runtime);
        try (HostUpcall upcall = new HostUpcall(GuestCalls.declarations())) {
            upcall.answerWith(new GuestCalls(new GuestHost() {}));
            try (SandboxHandle sandbox = SandboxHandle.boot(image, upcall)) {
                GuestExecutor.run(
                        sandbox, WARM_UP, false, Limits.defaults().memory().bytes());
                return sandbox.snapshot();
            }
        } catch (NativeException e) {
            throw explain(e, runtime);
        } catch (GuestProtocolException e) {
            throw new HyperlightException(
                    Code.GUEST_IMAGE, "The guest image " + image + " does not fit these classes: " + e.getMessage(), e);
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
