package io.github.hyperlight4j.internal.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The runtime folder: the native library and the guest image, which a JVM needs besides classes. It, its files and its
 * ancestors are writable by this user and the administrator only, since write access decides what runs in this process.
 */
public final class RuntimeDirectory {

    /** The system property that names the folder. */
    static final String PROPERTY = "hyperlight4j.runtime";

    /** The environment variable that names it when the property does not. */
    static final String VARIABLE = "HYPERLIGHT4J_RUNTIME";

    private static final String LIBRARY = System.mapLibraryName("hyperlight4j");
    private static final String IMAGE = "python.guest";

    /** A file that names the sources that the folder was built from. */
    private static final String SOURCE = "source";

    private static final String REMEDY = ": scripts/build makes one; the system property " + PROPERTY
            + " or the environment variable " + VARIABLE + " can name another folder";

    private final Path path;
    private final Path library;
    private final Path image;

    private RuntimeDirectory(Path path, Path library, Path image) {
        this.path = path;
        this.library = library;
        this.image = image;
    }

    /**
     * Finds the folder, and checks that no other user can change what is loaded from it.
     *
     * @param given the folder, or {@code null} for the usual one
     * @return the folder, which exists; its files need not
     * @throws HyperlightException if it does not exist, or another user can change it or one of its files
     */
    public static RuntimeDirectory find(@Nullable Path given) {
        Path path = given != null ? given.toAbsolutePath() : usual(System.getProperties(), System.getenv());
        if (!Files.isDirectory(path)) {
            throw new HyperlightException(Code.NATIVE_LIBRARY, "There is no hyperlight4j runtime at " + path + REMEDY);
        }
        RuntimeDirectory found;
        try {
            Path real = TrustedPath.require(path);
            for (String name : List.of(Checksums.NAME, SOURCE)) {
                trusted(real.resolve(name));
            }
            found = new RuntimeDirectory(real, trusted(real.resolve(LIBRARY)), trusted(real.resolve(IMAGE)));
        } catch (IOException e) {
            throw new HyperlightException(
                    Code.NATIVE_LIBRARY, "The hyperlight4j runtime at " + path + " is not used: " + IoReason.of(e), e);
        }
        found.compareSource();
        return found;
    }

    static Path usual(Properties properties, Map<String, String> environment) {
        String given = properties.getProperty(PROPERTY, environment.getOrDefault(VARIABLE, ""));
        if (!given.isEmpty()) {
            Path path = parse(given);
            if (path == null) {
                throw new HyperlightException(
                        Code.NATIVE_LIBRARY,
                        "The system property " + PROPERTY + " or the environment variable " + VARIABLE
                                + " must be an absolute path, and is: " + given);
            }
            return path;
        }
        Path cache = cache(properties, environment);
        if (cache == null) {
            throw new HyperlightException(
                    Code.NATIVE_LIBRARY,
                    "There is no hyperlight4j runtime, for this user has no home folder whose cache could hold it: the"
                            + " system property " + PROPERTY + " or the environment variable " + VARIABLE
                            + " can name a folder");
        }
        return cache.resolve("runtime");
    }

    /**
     * Returns the folder for what this library keeps in the user's cache; {@code null} for a user without a home. A path
     * that is not absolute is none, as the XDG specification has it: it would be below the working directory.
     */
    static @Nullable Path cache(Properties properties, Map<String, String> environment) {
        Path cache = parse(environment.getOrDefault("XDG_CACHE_HOME", ""));
        if (cache != null) {
            return cache.resolve("hyperlight4j");
        }
        Path home = parse(properties.getProperty("user.home", ""));
        return home == null ? null : home.resolve(".cache").resolve("hyperlight4j");
    }

    /** Returns the folder, without links. */
    public Path path() {
        return path;
    }

    /**
     * Returns the native library's file.
     *
     * @return the file, without links
     * @throws HyperlightException if it is missing
     */
    public Path library() {
        return require(library, Code.NATIVE_LIBRARY, "The native library");
    }

    /**
     * Returns the guest image's file. The image and the library are as they were built: that is checked here, for what
     * follows is to boot it, which takes longer.
     *
     * @return the file, without links
     * @throws HyperlightException if it is missing or damaged, or the library is
     */
    public Path intactGuestImage() {
        require(image, Code.GUEST_IMAGE, "The guest image");
        Checksums checksums = checksums();
        check(checksums, LIBRARY, Code.NATIVE_LIBRARY, "The native library ");
        check(checksums, IMAGE, Code.GUEST_IMAGE, "The guest image ");
        return image;
    }

    /** Returns the words of a snapshot's key that are about this folder. */
    List<String> describe() {
        require(image, Code.GUEST_IMAGE, "The guest image");
        Checksums checksums = checksums();
        // A library that was replaced since has another digest. Where this user could not replace it, reading all of it
        // to find that out would only cost each start time.
        if (Files.isWritable(path)) {
            check(checksums, LIBRARY, Code.NATIVE_LIBRARY, "The native library ");
        }
        try {
            // The image is not read before it is booted. Its size is there to notice that it was replaced.
            return List.of(
                    "library",
                    digest(checksums, LIBRARY),
                    size(library()),
                    "guest",
                    digest(checksums, IMAGE),
                    size(image));
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static void check(Checksums checksums, String name, Code code, String what) {
        try {
            checksums.check(List.of(name));
        } catch (IOException e) {
            throw new HyperlightException(code, what + IoReason.of(e), e);
        }
    }

    private Checksums checksums() {
        try {
            return Checksums.read(path);
        } catch (NoSuchFileException e) {
            throw new HyperlightException(
                    Code.GUEST_IMAGE,
                    "The guest image's checksum is missing: " + path.resolve(Checksums.NAME) + REMEDY,
                    e);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** 128 bits of a digest, for the key is a directory's name. */
    private static String digest(Checksums checksums, String name) throws IOException {
        return checksums.digest(name).substring(0, 32);
    }

    private static String size(Path file) throws IOException {
        return Long.toString(Files.size(file));
    }

    /** Warns if these classes and the folder were built from different sources. What was built by hand says nothing. */
    private void compareSource() {
        String ours = "";
        try (InputStream in = RuntimeDirectory.class.getResourceAsStream("native-source")) {
            ours = in == null ? "" : new String(in.readAllBytes(), UTF_8).strip();
            String theirs = Files.readString(path.resolve(SOURCE)).strip();
            if (ours.matches("[0-9a-f]{16}") && !theirs.equals(ours)) {
                log().log(
                                Level.WARNING,
                                "The runtime at " + path + " was built from other sources (" + theirs
                                        + ") than these classes (" + ours + "), and may not fit them: build both with"
                                        + " scripts/build of the same clone, or name another folder with " + PROPERTY
                                        + " or " + VARIABLE);
            }
        } catch (IOException e) {
            if (!ours.isEmpty()) {
                log().log(Level.DEBUG, "Which sources " + path + " was built from is not known", e);
            }
        }
    }

    private HyperlightException unusable(IOException e) {
        return new HyperlightException(
                Code.GUEST_IMAGE, "The runtime at " + path + " cannot be used: " + IoReason.of(e) + REMEDY, e);
    }

    private static Path require(Path file, Code code, String what) {
        if (!Files.isRegularFile(file)) {
            throw new HyperlightException(code, what + " is missing: " + file + REMEDY);
        }
        return file;
    }

    private static Path trusted(Path file) throws IOException {
        return Files.exists(file) ? TrustedPath.require(file) : file;
    }

    private static @Nullable Path parse(String text) {
        try {
            Path path = Path.of(text);
            return path.isAbsolute() ? path : null;
        } catch (InvalidPathException e) {
            return null;
        }
    }

    private static System.Logger log() {
        return System.getLogger("io.github.hyperlight4j.runtime");
    }
}
