package io.github.hyperlight4j.internal.snapshot;

import io.github.hyperlight4j.internal.ffi.RuntimeDirectory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where snapshots are looked for, and where new ones are put.
 *
 * @param shipped those that came with the runtime; looked at first, never written
 * @param own those of this user; {@code null} if none are to be kept
 */
public record SnapshotFolders(
        SnapshotFolder shipped, @Nullable SnapshotFolder own) {

    /** The system property that names the user's own folder. */
    static final String PROPERTY = "hyperlight4j.snapshots";

    /** The environment variable that names it when the property does not. */
    static final String VARIABLE = "HYPERLIGHT4J_SNAPSHOTS";

    /** The value of these that means: keep none. */
    private static final String NONE = "none";

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
        Path own = given.isEmpty()
                ? RuntimeDirectory.cache(properties, environment).resolve("snapshots")
                : Path.of(given).toAbsolutePath();
        // A user without a home has no cache: it would be wherever the process was started.
        if (given.equals(NONE) || !own.isAbsolute()) {
            return new SnapshotFolders(shipped, null);
        }
        return new SnapshotFolders(shipped, SnapshotFolder.privateTo(own));
    }
}
