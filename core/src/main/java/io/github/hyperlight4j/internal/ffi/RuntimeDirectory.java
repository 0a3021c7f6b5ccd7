package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The folder with what a JVM needs besides classes: the native library and the guest image.
 *
 * @param path the folder
 */
public record RuntimeDirectory(Path path) {

    /** The system property that names the folder. */
    static final String PROPERTY = "hyperlight4j.runtime";

    /** The environment variable that names it when the property does not. */
    static final String VARIABLE = "HYPERLIGHT4J_RUNTIME";

    private static final String FILLED_BY = "scripts/build makes one";

    /**
     * Finds the folder.
     *
     * @param given the folder, or {@code null} for where it usually is
     * @return the folder, which exists
     * @throws HyperlightException if it does not exist
     */
    public static RuntimeDirectory find(@Nullable Path given) {
        Path path = (given != null ? given : usual(System.getProperties(), System.getenv())).toAbsolutePath();
        if (!Files.isDirectory(path)) {
            throw new HyperlightException(
                    Code.NATIVE_LIBRARY,
                    "There is no hyperlight4j runtime at " + path + ": " + FILLED_BY + "; the system property "
                            + PROPERTY + " or the environment variable " + VARIABLE + " can name another folder");
        }
        return new RuntimeDirectory(path);
    }

    static Path usual(Properties properties, Map<String, String> environment) {
        String given = properties.getProperty(PROPERTY, environment.getOrDefault(VARIABLE, ""));
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        return cache(properties, environment).resolve("runtime");
    }

    /** Returns the folder for what this library keeps in the user's cache. */
    public static Path cache(Properties properties, Map<String, String> environment) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = cache.isEmpty() ? Path.of(properties.getProperty("user.home", ""), ".cache") : Path.of(cache);
        return base.resolve("hyperlight4j");
    }

    /** Returns the native library's file. */
    public Path library() {
        return path.resolve(System.mapLibraryName("hyperlight4j"));
    }

    /** Returns the guest image's file. */
    public Path guestImage() {
        return path.resolve("python.guest");
    }

    Path guestImageChecksum() {
        return path.resolve("python.guest.crc32");
    }
}
