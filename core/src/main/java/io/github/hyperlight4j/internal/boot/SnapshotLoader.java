package io.github.hyperlight4j.internal.boot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.HostSupport;
import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.internal.ffi.HostUpcall;
import io.github.hyperlight4j.internal.ffi.NativeErrorCode;
import io.github.hyperlight4j.internal.ffi.NativeException;
import io.github.hyperlight4j.internal.ffi.NativeLibrary;
import io.github.hyperlight4j.internal.ffi.SandboxHandle;
import io.github.hyperlight4j.internal.ffi.SnapshotHandle;
import io.github.hyperlight4j.internal.guest.GuestCalls;
import io.github.hyperlight4j.internal.guest.GuestExecutor;
import io.github.hyperlight4j.internal.guest.GuestHost;
import io.github.hyperlight4j.internal.guest.GuestProtocolException;
import io.github.hyperlight4j.internal.snapshot.IoReason;
import io.github.hyperlight4j.internal.snapshot.RuntimeDirectory;
import io.github.hyperlight4j.internal.snapshot.SnapshotFolder;
import io.github.hyperlight4j.internal.snapshot.SnapshotFolders;
import io.github.hyperlight4j.internal.snapshot.SnapshotKey;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Loads the snapshot that an earlier process has kept, or boots the interpreter and keeps its snapshot. */
public final class SnapshotLoader {

    /** Has the interpreter do what each first run does, so that the snapshot holds the result. */
    private static final byte[] WARM_UP = "print()".getBytes(UTF_8);

    private SnapshotLoader() {}

    /**
     * Loads or makes a snapshot.
     *
     * @param runtime the runtime folder; {@code null} for the usual one
     * @return the snapshot, for the caller to close
     * @throws HyperlightException if it can be neither loaded nor made
     */
    public static BootedSnapshot load(@Nullable Path runtime) {
        return load(RuntimeDirectory.find(runtime));
    }

    /**
     * Keeps a snapshot in a folder, unless one that fits this host is there. Uses the usual runtime folder.
     *
     * @param folder the folder, whose snapshots all users can read; {@code null} for the user's own
     * @return whether it was made
     * @throws HyperlightException if it cannot be made, or not be kept there
     */
    public static boolean warm(@Nullable Path folder) {
        RuntimeDirectory runtime = RuntimeDirectory.find(null);
        if (folder != null) {
            return warm(SnapshotFolder.readableByAll(folder.toAbsolutePath()), runtime);
        }
        SnapshotFolder own = SnapshotFolders.of(runtime).own();
        if (own == null) {
            throw new HyperlightException(Code.SNAPSHOT, "This process is told to keep no snapshots");
        }
        return warm(own, runtime);
    }

    private static BootedSnapshot load(RuntimeDirectory runtime) {
        SnapshotFolders folders = SnapshotFolders.of(runtime);
        // In parallel: comparing a snapshot with its digests takes about as long as loading the library.
        SnapshotFolders.Search search = folders.search();
        NativeLibrary.load(runtime.library());
        SnapshotFolders.Found result = search.result();
        BootedSnapshot shipped = use(result.shipped());
        if (shipped != null) {
            return shipped;
        }
        SnapshotFolder own = folders.own();
        if (own == null) {
            return new BootedSnapshot(boot(runtime), false);
        }
        Path found = result.shipped() == null ? result.own() : own.find(result.key());
        BootedSnapshot saved = use(found);
        return saved != null ? saved : keep(boot(runtime), own, result.key(), found != null);
    }

    private static boolean warm(SnapshotFolder folder, RuntimeDirectory runtime) {
        NativeLibrary.load(runtime.library());
        SnapshotKey key = SnapshotKey.of(runtime);
        Path found = folder.find(key);
        try (BootedSnapshot present = use(found)) {
            if (present != null) {
                return false;
            }
        }
        try {
            folder.prepare();
        } catch (IOException e) {
            throw cannotKeep(folder, e);
        }
        SnapshotHandle booted = boot(runtime);
        try (BootedSnapshot kept = use(save(booted, folder, key, found != null))) {
            if (kept == null) {
                throw new HyperlightException(Code.SNAPSHOT, "The snapshot was saved, but cannot be used: see the log");
            }
            return true;
        } catch (NativeException e) {
            throw e.asHostFailure("Saving the snapshot");
        } catch (IOException e) {
            throw cannotKeep(folder, e);
        } finally {
            booted.close();
        }
    }

    private static HyperlightException cannotKeep(SnapshotFolder folder, IOException e) {
        return new HyperlightException(
                Code.IO, "The snapshot cannot be kept in " + folder + ": " + IoReason.of(e, folder.toString()), e);
    }

    /** Loads a kept snapshot; {@code null} if there is none, or it does not fit this host. */
    private static @Nullable BootedSnapshot use(@Nullable Path directory) {
        if (directory == null) {
            return null;
        }
        BootedSnapshot loaded;
        try {
            loaded = new BootedSnapshot(SnapshotHandle.load(directory), false);
        } catch (NativeException e) {
            log().log(Level.WARNING, "The snapshot " + directory + " cannot be used here: " + e.getMessage());
            return null;
        }
        try {
            loaded.prove();
            return loaded;
        } catch (HyperlightException e) {
            log().log(Level.WARNING, "The snapshot " + directory + " cannot be used here: " + e.getMessage());
            loaded.close();
            return null;
        }
    }

    /** Keeps a booted snapshot, and uses the kept one, whose memory all processes have in common. */
    private static BootedSnapshot keep(SnapshotHandle booted, SnapshotFolder folder, SnapshotKey key, boolean replace) {
        try {
            BootedSnapshot kept = use(save(booted, folder, key, replace));
            if (kept != null) {
                booted.close();
                return kept;
            }
        } catch (NativeException | IOException e) {
            log().log(
                            Level.WARNING,
                            "The booted interpreter cannot be kept in " + folder
                                    + ", so the next process will boot as well: "
                                    + (e instanceof IOException failure ? IoReason.of(failure) : e));
        }
        return new BootedSnapshot(booted, false);
    }

    private static Path save(SnapshotHandle snapshot, SnapshotFolder folder, SnapshotKey key, boolean replace)
            throws NativeException, IOException {
        Path directory = folder.save(key, snapshot::save, replace);
        log().log(Level.DEBUG, "The booted interpreter is kept in {0}", directory);
        return directory;
    }

    private static SnapshotHandle boot(RuntimeDirectory runtime) {
        Path image = runtime.intactGuestImage();
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

    /** Adds the reason and the remedy, where the hypervisor is missing or does not work. */
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
                "This host cannot run micro-VMs (" + support.detail() + "). "
                        + support.remedy().orElse(""),
                e);
    }

    /** Looked up only when there is something to log: it takes long, and a process that starts has no time. */
    private static System.Logger log() {
        return System.getLogger("io.github.hyperlight4j.snapshot");
    }
}
