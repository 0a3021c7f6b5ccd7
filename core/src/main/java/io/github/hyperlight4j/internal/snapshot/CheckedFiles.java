package io.github.hyperlight4j.internal.snapshot;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Remembers that the files below a directory were compared with their checksums, so that a process that starts need not
 * do it again: that takes longer than all the rest of a start. A file that nobody has written, replaced or renamed since
 * has the same number, size and times. What a disk does to it unnoticed is noticed as little as in the native library.
 */
final class CheckedFiles {

    private static final String NAME = "checked";

    /** A file that is younger may change without its times changing, for file systems count in ticks. */
    private static final Duration TICK = Duration.ofSeconds(2);

    private CheckedFiles() {}

    /** Whether the files are those that were compared, as they were then. */
    static boolean areUntouched(Path directory) throws IOException {
        Path memory = directory.resolve(NAME);
        return isSupported()
                && Files.isReadable(memory)
                && Files.readAllLines(memory).equals(describe(directory));
    }

    /** Remembers the files as they are: they were compared. Where that cannot be written, they will be compared again. */
    static void remember(Path directory) {
        try {
            if (isSupported() && Files.isWritable(directory) && !hasYoungFile(directory)) {
                write(directory);
            }
        } catch (IOException e) {
            System.getLogger("io.github.hyperlight4j.snapshot")
                    .log(Level.DEBUG, "That " + directory + " was compared cannot be remembered", e);
        }
    }

    private static void write(Path directory) throws IOException {
        List<String> description = describe(directory);
        Path written = Files.createTempFile(directory, NAME, ".tmp");
        try {
            Files.write(written, description);
            // For those who can read the rest.
            Files.setPosixFilePermissions(written, Files.getPosixFilePermissions(directory.resolve(Manifest.NAME)));
            Files.move(written, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(written);
        }
    }

    private static List<String> describe(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files(directory)) {
            Map<String, Object> is = attributes(file);
            lines.add(String.join(
                    " ",
                    String.valueOf(is.get("ino")),
                    String.valueOf(is.get("size")),
                    String.valueOf(is.get("lastModifiedTime")),
                    String.valueOf(is.get("ctime")),
                    directory.relativize(file).toString()));
        }
        return lines;
    }

    private static boolean hasYoungFile(Path directory) throws IOException {
        Instant limit = Instant.now().minus(TICK);
        for (Path file : files(directory)) {
            if (attributes(file).get("ctime") instanceof FileTime time
                    && time.toInstant().isAfter(limit)) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, Object> attributes(Path file) throws IOException {
        return Files.readAttributes(file, "unix:ino,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isSupported() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    }

    /** What the manifest is about, and itself. */
    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile)
                    .filter(file -> !directory.equals(file.getParent())
                            || file.getFileName().toString().equals(Manifest.NAME))
                    .sorted()
                    .toList();
        }
    }
}
