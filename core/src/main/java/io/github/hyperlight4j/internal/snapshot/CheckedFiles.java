package io.github.hyperlight4j.internal.snapshot;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A memory of which files of a directory were compared with their digests: a process that starts need not do it again,
 * which takes longer than all the rest of its start. A file that was not written, replaced or renamed since then has the
 * same number, size and times. Damage by the disk itself is not noticed, as it is not in the native library.
 */
final class CheckedFiles {

    /** The memory's file. */
    static final String NAME = "checked";

    /** A file that is younger may change without its times changing, for file systems count in ticks. */
    private static final Duration TICK = Duration.ofSeconds(2);

    private final Path directory;
    private final Set<String> lines;

    private CheckedFiles(Path directory, Set<String> lines) {
        this.directory = directory;
        this.lines = lines;
    }

    /** Returns the memory of a directory, which is empty where there is none. */
    static CheckedFiles in(Path directory) {
        Set<String> lines = new TreeSet<>();
        try {
            if (isSupported()) {
                lines.addAll(Files.readAllLines(directory.resolve(NAME)));
            }
        } catch (NoSuchFileException e) {
            // The directory is new.
        } catch (IOException e) {
            log("What was compared in " + directory + " cannot be read", e);
        }
        return new CheckedFiles(directory, lines);
    }

    /** Returns whether a file was compared with this digest, and is as it was then. */
    boolean isUntouched(String name, String digest) throws IOException {
        return isSupported() && lines.contains(describe(name, digest, attributes(name)));
    }

    /** Remembers files as they are: they were compared. Where that cannot be written, they will be compared again. */
    void remember(Collection<String> names, Map<String, String> digests) {
        try {
            boolean isNews = false;
            for (String name : names) {
                String digest = digests.get(name);
                if (isSupported() && digest != null) {
                    isNews |= remember(name, digest);
                }
            }
            if (isNews && Files.isWritable(directory)) {
                write();
            }
        } catch (IOException e) {
            log("That files of " + directory + " were compared cannot be remembered", e);
        }
    }

    private boolean remember(String name, String digest) throws IOException {
        Map<String, Object> attributes = attributes(name);
        if (attributes.get("ctime") instanceof FileTime time
                && time.toInstant().isAfter(Instant.now().minus(TICK))) {
            return false;
        }
        lines.removeIf(line -> line.endsWith(" " + name));
        return lines.add(describe(name, digest, attributes));
    }

    private void write() throws IOException {
        Path written = Files.createTempFile(directory, NAME, ".tmp");
        try {
            Files.write(written, lines);
            // The users who can read the files can read this too.
            Files.setPosixFilePermissions(written, Files.getPosixFilePermissions(directory.resolve(Checksums.NAME)));
            Files.move(written, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private Map<String, Object> attributes(String name) throws IOException {
        return Files.readAttributes(directory.resolve(name), "unix:ino,size,lastModifiedTime,ctime");
    }

    private static String describe(String name, String digest, Map<String, Object> attributes) {
        return String.join(
                " ",
                digest,
                String.valueOf(attributes.get("ino")),
                String.valueOf(attributes.get("size")),
                String.valueOf(attributes.get("lastModifiedTime")),
                String.valueOf(attributes.get("ctime")),
                name);
    }

    private static boolean isSupported() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    }

    private static void log(String message, IOException e) {
        System.getLogger("io.github.hyperlight4j.snapshot").log(Level.DEBUG, message, e);
    }
}
