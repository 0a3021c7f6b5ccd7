package io.github.hyperlight4j.internal.snapshot;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.internal.thread.DaemonThreads;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * The folders in which snapshots for a runtime folder are looked for and kept.
 *
 * @param runtime the runtime folder
 * @param shipped snapshots that came with the runtime; looked at first, never written
 * @param own snapshots of this user; {@code null} if none are to be kept
 */
public record SnapshotFolders(
        RuntimeDirectory runtime,
        SnapshotFolder shipped,
        @Nullable SnapshotFolder own) {

    /** The system property that names the user's own folder. */
    static final String PROPERTY = "hyperlight4j.snapshots";

    /** The environment variable that names it when the property does not. */
    static final String VARIABLE = "HYPERLIGHT4J_SNAPSHOTS";

    /** The value of these that means: keep none. */
    private static final String NONE = "none";

    /**
     * The result of a search.
     *
     * @param key the key of what was looked for
     * @param shipped the snapshot that came with the runtime; {@code null} if there is none
     * @param own the user's own snapshot; {@code null} if there is none, or it was not looked for because of the other
     */
    public record Found(
            SnapshotKey key,
            @Nullable Path shipped,
            @Nullable Path own) {}

    /** A search that goes on in the background. */
    @FunctionalInterface
    public interface Search {

        /**
         * Waits for its end.
         *
         * @return the result
         * @throws HyperlightException if a file of the runtime is missing, damaged or cannot be read
         */
        Found result();
    }

    /**
     * Finds the folders that go with a runtime folder.
     *
     * @param runtime the folder
     * @return the folders, which need not exist
     */
    public static SnapshotFolders of(RuntimeDirectory runtime) {
        return of(runtime, System.getProperties(), System.getenv());
    }

    static SnapshotFolders of(RuntimeDirectory runtime, Properties properties, Map<String, String> environment) {
        SnapshotFolder shipped = SnapshotFolder.readableByAll(runtime.path().resolve("snapshots"));
        String given = properties.getProperty(PROPERTY, environment.getOrDefault(VARIABLE, ""));
        Path own;
        if (given.isEmpty()) {
            Path cache = RuntimeDirectory.cache(properties, environment);
            own = cache == null ? null : cache.resolve("snapshots");
        } else {
            own = given.equals(NONE) ? null : Path.of(given).toAbsolutePath();
        }
        return new SnapshotFolders(runtime, shipped, own == null ? null : SnapshotFolder.privateTo(own));
    }

    /**
     * Begins to look for a snapshot, on a thread of its own.
     *
     * @return the search
     */
    public Search search() {
        FutureTask<Found> search = new FutureTask<>(this::look);
        DaemonThreads.factory("hyperlight4j-snapshot-").newThread(search).start();
        return () -> join(search);
    }

    /** Throws what the search threw with the stack of the thread that asked for it. */
    private static Found join(FutureTask<Found> search) {
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    return search.get();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HyperlightException failure) {
                throw new HyperlightException(failure.code(), String.valueOf(failure.getMessage()), failure);
            }
            throw new IllegalStateException("Looking for a snapshot failed", e.getCause());
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Found look() {
        SnapshotKey key = SnapshotKey.of(runtime);
        Path there = shipped.find(key);
        return new Found(key, there, there == null && own != null ? own.find(key) : null);
    }
}
