package io.github.hyperlight4j.internal.snapshot;

import io.github.hyperlight4j.internal.ffi.NativeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of snapshots, each in a directory that its key names. Several processes use it at once. A directory with its
 * final name is complete, and no file in it ever changes: it is written under another name and renamed, and removed by
 * being renamed first. Whoever has mapped it meanwhile keeps it.
 */
public final class SnapshotFolder {

    /** How many snapshots are kept when one is added, those that were used last. */
    private static final int KEPT = 4;

    /** Longer than saving takes: what is older was left by a process that ended in the middle of it. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    /** Other processes may be in the way of one attempt to replace a damaged snapshot, but hardly of more. */
    private static final int ATTEMPTS = 3;

    private static final Pattern SNAPSHOT = Pattern.compile("format-[0-9]+-library-.*");
    private static final Pattern UNFINISHED = Pattern.compile("\\.(new|old)-.*");
    private static final String IMAGE = "image";

    private final Path folder;
    private final boolean isPublic;

    /** Writes a snapshot. */
    @FunctionalInterface
    public interface Writer {

        /**
         * Writes it.
         *
         * @param directory where to; it does not exist, and its parent does
         * @throws NativeException if that fails
         * @throws IOException if that fails
         */
        void write(Path directory) throws NativeException, IOException;
    }

    private SnapshotFolder(Path folder, boolean isPublic) {
        this.folder = folder;
        this.isPublic = isPublic;
    }

    /**
     * Returns a folder of this user's own. It need not exist.
     *
     * @param folder the folder
     * @return the same, for snapshots that nobody else can read
     */
    public static SnapshotFolder privateTo(Path folder) {
        return new SnapshotFolder(folder, false);
    }

    /**
     * Returns a folder that is passed on. It need not exist.
     *
     * @param folder the folder
     * @return the same, for snapshots that everybody can read
     */
    public static SnapshotFolder readableByAll(Path folder) {
        return new SnapshotFolder(folder, true);
    }

    /**
     * Looks for a snapshot. One that is there but cannot be used is logged.
     *
     * @param key its key
     * @return where {@code Writer} wrote it, whole and undamaged; {@code null} if there is none
     */
    public @Nullable Path find(SnapshotKey key) {
        Path directory = directory(key);
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        try {
            directory = trusted().directory(key);
            FolderOwner.requireTrusted(directory);
            if (!CheckedFiles.areUntouched(directory)) {
                Manifest.check(directory);
                CheckedFiles.remember(directory);
            }
        } catch (IOException | UncheckedIOException e) {
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) { // Not removed by another process meanwhile.
                log().log(Level.WARNING, "The snapshot " + directory + " is not used: " + e);
            }
            return null;
        }
        markUsed(directory);
        return directory.resolve(IMAGE);
    }

    /**
     * Adds a snapshot, and removes old ones.
     *
     * @param key its key
     * @param writer writes it
     * @param replace whether one that is there already is useless
     * @return where it is; it may be another process's
     * @throws NativeException if writing it failed
     * @throws IOException if it cannot be kept here; nothing is left of it then
     */
    public Path save(SnapshotKey key, Writer writer, boolean replace) throws NativeException, IOException {
        make();
        return trusted().saveHere(key, writer, replace);
    }

    private Path saveHere(SnapshotKey key, Writer writer, boolean replace) throws NativeException, IOException {
        Path target = directory(key);
        Path unfinished = Files.createTempDirectory(folder, ".new-"); // For this user only.
        try {
            writer.write(unfinished.resolve(IMAGE));
            Manifest.write(unfinished);
            if (isPublic) {
                makeReadable(unfinished);
            }
            force(unfinished);
            publish(unfinished, target, replace);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            removeTree(unfinished);
        }
        removeOld(target);
        return target.resolve(IMAGE);
    }

    /** Only asked for when there is something to say: it takes longer than finding a snapshot. */
    private static System.Logger log() {
        return System.getLogger("io.github.hyperlight4j.snapshot");
    }

    /** Returns the folder. */
    @Override
    public String toString() {
        return folder.toString();
    }

    private Path directory(SnapshotKey key) {
        return folder.resolve(key.directoryName());
    }

    private void make() throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) { // Whatever the umask: with parents that others can write, the folder could not be used.
            Files.createDirectories(parent, permissions("rwxr-xr-x"));
        }
        try {
            Files.createDirectory(folder, permissions(isPublic ? "rwxr-xr-x" : "rwx------"));
        } catch (FileSystemException e) {
            if (!Files.isDirectory(folder)) { // Another process was faster.
                throw e;
            }
        }
    }

    /** Returns the same without the links through which it may be reached: what they lead to counts, now and later. */
    private SnapshotFolder trusted() throws IOException {
        Path real = folder.toRealPath();
        FolderOwner.requireTrustedPath(real);
        return new SnapshotFolder(real, isPublic);
    }

    /** Puts what is complete in its place, unless another process was faster. */
    private void publish(Path complete, Path target, boolean replace) throws IOException {
        if (replace) {
            remove(target);
        }
        for (int attempt = 1; ; attempt++) {
            try {
                Files.move(complete, target, StandardCopyOption.ATOMIC_MOVE);
                forceEntry(folder);
                return;
            } catch (FileSystemException e) {
                if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS) || attempt == ATTEMPTS) {
                    throw e;
                }
            }
            if (isIntact(target)) {
                return;
            }
            remove(target);
        }
    }

    private static boolean isIntact(Path directory) {
        try {
            FolderOwner.requireTrusted(directory);
            Manifest.check(directory);
            return true;
        } catch (IOException e) {
            log().log(Level.WARNING, "The snapshot " + directory + " is replaced: " + e);
            return false;
        }
    }

    /** Removes a snapshot for all to see at once, and then its files. */
    private void remove(Path directory) throws IOException {
        Path removed = Files.createTempDirectory(folder, ".old-");
        try {
            Files.move(directory, removed, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            log().log(Level.TRACE, "Another process has removed it", e);
        } finally {
            removeTree(removed);
        }
    }

    /** Removes what has not been used for longest, and what processes that ended in the middle have left. */
    private void removeOld(Path current) {
        try {
            List<Path> snapshots = entries(SNAPSHOT).stream()
                    .filter(directory -> !directory.equals(current))
                    .sorted(Comparator.comparing(SnapshotFolder::lastUsed).reversed())
                    .toList();
            for (Path old : snapshots.subList(Math.min(snapshots.size(), KEPT - 1), snapshots.size())) {
                log().log(Level.DEBUG, "Removing the old snapshot {0}", old);
                remove(old);
            }
            Instant abandoned = Instant.now().minus(ABANDONED);
            for (Path unfinished : entries(UNFINISHED)) {
                if (lastUsed(unfinished).toInstant().isBefore(abandoned)) {
                    removeTree(unfinished);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            log().log(Level.DEBUG, "Old snapshots in " + folder + " could not be removed", e);
        }
    }

    private List<Path> entries(Pattern name) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry ->
                            name.matcher(entry.getFileName().toString()).matches())
                    .toList();
        }
    }

    private static FileTime lastUsed(Path directory) {
        try {
            return Files.getLastModifiedTime(directory, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return FileTime.from(Instant.now()); // Another process has removed it.
        }
    }

    private static void markUsed(Path directory) {
        try {
            Files.setLastModifiedTime(directory, FileTime.from(Instant.now()));
        } catch (IOException e) {
            log().log(Level.TRACE, "A folder that cannot be written needs no marks: nothing is removed from it", e);
        }
    }

    private static void makeReadable(Path directory) throws IOException {
        if (!hasPermissions()) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.toList()) {
                String permissions = Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--";
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
            }
        }
    }

    private static FileAttribute<?>[] permissions(String permissions) {
        return hasPermissions()
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean hasPermissions() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    /** Has everything below a directory on the disk before it gets its name. */
    private static void force(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.toList()) {
                forceEntry(path);
            }
        }
    }

    private static void forceEntry(Path path) throws IOException {
        if (hasPermissions()) { // Windows opens no directories.
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Removes what is there of a directory that nobody looks for. */
    private static void removeTree(Path directory) {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException problem)
                        throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            log().log(Level.WARNING, "What is left of a snapshot could not be removed: " + directory, e);
        }
    }
}
