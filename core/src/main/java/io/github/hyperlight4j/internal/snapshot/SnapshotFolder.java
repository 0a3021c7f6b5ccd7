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
 * being renamed first. A process that has mapped it meanwhile keeps it.
 */
public final class SnapshotFolder {

    /** How many snapshots are kept when one is added, those that were used last. */
    private static final int KEPT = 4;

    /** Longer than saving takes: an older unfinished snapshot is of a process that ended in the middle of it. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    /** Other processes may be in the way of one attempt to replace a damaged snapshot, but hardly of more. */
    private static final int ATTEMPTS = 3;

    private static final Pattern SNAPSHOT = Pattern.compile("format-[0-9]+-library-.*");
    private static final Pattern UNFINISHED = Pattern.compile("\\.(new|old)-.*");
    /** Files beside the image that have no digest. */
    private static final Pattern UNLISTED =
            Pattern.compile(Checksums.NAME + "|" + CheckedFiles.NAME + "([0-9]+\\.tmp)?");

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
     * @return the same, for snapshots that no other user can read
     */
    public static SnapshotFolder privateTo(Path folder) {
        return new SnapshotFolder(folder, false);
    }

    /**
     * Returns a folder that is passed on. It need not exist.
     *
     * @param folder the folder
     * @return the same, for snapshots that all users can read
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
            check(directory);
        } catch (IOException e) {
            if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) { // Not removed by another process meanwhile.
                log().log(Level.WARNING, "The snapshot " + directory + " is not used: " + IoReason.of(e));
            }
            return null;
        }
        markUsed(directory);
        return directory.resolve(IMAGE);
    }

    /**
     * Makes the folder, if it is not there, and checks that snapshots can be kept in it: before booting, which takes
     * long.
     *
     * @throws IOException if they cannot
     */
    public void prepare() throws IOException {
        make();
        Files.delete(Files.createTempDirectory(trusted().folder, ".new-"));
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
            setPermissions(unfinished);
            Checksums checksums = Checksums.write(unfinished);
            setPermissions(unfinished.resolve(Checksums.NAME));
            checksums.remember();
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

    /** Returns the log, when there is something to say: it takes longer than finding a snapshot. */
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
        if (parent != null) { // Whatever the umask: below parents that others can write, the folder could not be used.
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
        return new SnapshotFolder(TrustedPath.require(folder), isPublic);
    }

    /** Renames a complete snapshot to its final name, unless another process was faster. */
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
            check(directory);
            return true;
        } catch (IOException e) {
            log().log(Level.WARNING, "The snapshot " + directory + " is replaced: " + IoReason.of(e));
            return false;
        }
    }

    /** Requires that no other user could change any file of a snapshot, and that all are as they were written. */
    private static void check(Path directory) throws IOException {
        try {
            List<Path> files = TrustedPath.requireTree(directory);
            Checksums.read(directory).checkAll(files, UNLISTED);
        } catch (UncheckedIOException e) { // From the stream over a directory.
            throw e.getCause();
        }
    }

    /** Removes a snapshot: its name, at once and for all processes, and then its files. */
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

    /** Removes the snapshots unused for longest, and unfinished ones of processes that ended while writing. */
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

    /** Whatever the umask was when it was written: what others could write would not be used. */
    private void setPermissions(Path tree) throws IOException {
        if (!hasPermissions()) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.toList()) {
                String permissions = isPublic ? "rwxr-xr-x" : "rwx------";
                if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    permissions = permissions.replace('x', '-');
                }
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

    /** Removes a directory under a name that is never looked for, as far as it is there. */
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
