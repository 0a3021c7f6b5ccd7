package io.github.hyperlight4j.internal.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot is kept whole or not at all, whatever happens while it is written, and whichever processes write. */
class SnapshotFolderTest {

    private static final SnapshotKey KEY = new SnapshotKey("format 2 library 01 2 guest");
    private static final int SIZE = 300_000;

    @TempDir
    private Path base;

    private Path path = Path.of("");
    private SnapshotFolder folder = SnapshotFolder.privateTo(path);

    @BeforeEach
    void setUp() {
        path = base.resolve("cache").resolve("snapshots");
        folder = SnapshotFolder.privateTo(path);
    }

    @Test
    void whatWasSavedIsFoundAndNobodyElseCanReadIt() throws Exception {
        assertNull(folder.find(KEY));
        Path saved = folder.save(KEY, writer('a'), false);
        assertEquals(saved, folder.find(KEY));
        assertEquals("a".repeat(SIZE), content(saved));
        assertNull(folder.find(new SnapshotKey("format 2 library 01 3 guest")));
        assumeTrue(Files.getFileStore(path).supportsFileAttributeView("posix"));
        assertEquals("rwx------", permissions(path));
        assertEquals("rwx------", permissions(saved.resolve("..").normalize()));
    }

    @Test
    void whatIsPassedOnCanBeReadByAll() throws Exception {
        assumeTrue(Files.getFileStore(base).supportsFileAttributeView("posix"));
        Path saved = SnapshotFolder.readableByAll(path).save(KEY, writer('a'), false);
        assertEquals("rwxr-xr-x", permissions(saved));
        assertEquals("rw-r--r--", permissions(saved.resolve("blobs").resolve("memory")));
        assertEquals("rw-r--r--", permissions(saved.resolveSibling("SHA256SUMS")));
    }

    @Test
    void anyDamageIsNoticedAndRepaired() throws Exception {
        Path saved = folder.save(KEY, writer('a'), false);
        Path memory = saved.resolve("blobs").resolve("memory");
        List<Damage> damages = List.of(
                () -> flip(memory, 0),
                () -> flip(memory, SIZE - 1),
                () -> truncate(memory, SIZE / 2),
                () -> truncate(memory, 0),
                () -> Files.delete(memory),
                () -> Files.writeString(memory, "x", StandardOpenOption.APPEND),
                () -> truncate(saved.resolveSibling("SHA256SUMS"), 0),
                () -> truncate(saved.resolveSibling("SHA256SUMS"), 20),
                () -> flip(saved.resolveSibling("SHA256SUMS"), 3),
                () -> nameNothing(saved.resolveSibling("SHA256SUMS")),
                () -> Files.delete(saved.resolveSibling("SHA256SUMS")));
        for (Damage damage : damages) {
            damage.run();
            assertNull(folder.find(KEY), () -> "damage " + damages.indexOf(damage));
            assertEquals(saved, folder.save(KEY, writer('b'), false));
            assertEquals(saved, folder.find(KEY));
            assertEquals("b".repeat(SIZE), content(saved));
        }
        assertNothingElse();
    }

    /** Comparing takes longer than all the rest of a start, so it is done again only for what somebody has touched. */
    @Test
    void whatWasComparedIsComparedAgainOnlyWhenItWasTouched() throws Exception {
        Path saved = folder.save(KEY, writer('a'), false);
        Path memory = saved.resolve("blobs").resolve("memory");
        Path remembered = saved.resolveSibling("checked");
        assertNotNull(folder.find(KEY));
        assumeTrue(Files.getFileStore(path).supportsFileAttributeView("posix"));
        assertTrue(Files.notExists(remembered), "so young a file might still change without its time changing");
        Thread.sleep(2100);
        assertNotNull(folder.find(KEY));
        assertTrue(Files.exists(remembered));
        String name = "image/blobs/memory";
        String digest = Checksums.read(saved.getParent()).digest(name);
        assertTrue(CheckedFiles.in(saved.getParent()).isUntouched(name, digest));
        assertFalse(CheckedFiles.in(saved.getParent()).isUntouched(name, "0".repeat(64)));
        assertNotNull(folder.find(KEY));

        FileTime written = Files.getLastModifiedTime(memory);
        flip(memory, SIZE / 2);
        Files.setLastModifiedTime(memory, written);
        assertNull(folder.find(KEY), "not even with its old time");
        flip(memory, SIZE / 2);
        assertNotNull(folder.find(KEY), "compared again");
        Path replacement = Files.writeString(base.resolve("replacement"), "b".repeat(SIZE));
        Files.setLastModifiedTime(replacement, written);
        Files.move(replacement, memory, StandardCopyOption.REPLACE_EXISTING);
        assertNull(folder.find(KEY));
    }

    @Test
    void whatIsIntactStaysAsItIsUnlessItIsUseless() throws Exception {
        Path saved = folder.save(KEY, writer('a'), false);
        try (FileChannel mapped = FileChannel.open(saved.resolve("blobs").resolve("memory"))) {
            folder.save(KEY, writer('b'), false);
            assertEquals("a".repeat(SIZE), content(saved));
            folder.save(KEY, writer('c'), true);
            assertEquals("c".repeat(SIZE), content(saved));
            assertEquals(SIZE, mapped.size(), "who has it open keeps the old one");
        }
        assertNothingElse();
    }

    @Test
    void writerThatFailsLeavesNothing() throws Exception {
        SnapshotFolder.Writer full = directory -> {
            writer('a').write(directory);
            throw new IOException("No space left on device");
        };
        assertThrows(IOException.class, () -> folder.save(KEY, full, false));
        assertNull(folder.find(KEY));
        try (Stream<Path> left = Files.list(path)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void whatAnEndedProcessLeftInTheMiddleIsNeverFoundAndLaterRemoved() throws Exception {
        Path leftover = Files.createDirectories(path.resolve(".new-left"));
        writer('a').write(leftover.resolve("image"));
        Path inProgress = Files.createDirectories(path.resolve(".new-busy"));
        restrict();
        assertNull(folder.find(KEY));
        age(leftover, Duration.ofHours(2));
        folder.save(KEY, writer('b'), false);
        assertTrue(Files.notExists(leftover));
        assertTrue(Files.exists(inProgress), "another process may be at it");
    }

    @Test
    void oldSnapshotsAreRemovedAndThoseInUseKept() throws Exception {
        List<SnapshotKey> keys = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            SnapshotKey key = new SnapshotKey("format 2 library " + i);
            age(folder.save(key, writer('a'), false).getParent(), Duration.ofDays(10 - i));
            keys.add(key);
        }
        assertNotNull(folder.find(keys.getFirst())); // Used now, and so no longer the oldest.
        folder.save(KEY, writer('a'), false);
        assertNotNull(folder.find(keys.getFirst()));
        assertNull(folder.find(keys.get(1)));
        assertNotNull(folder.find(keys.get(2)));
        assertNotNull(folder.find(keys.get(3)));
        assertNotNull(folder.find(KEY));
    }

    @Test
    void folderThatOthersCanWriteIsNotUsed() throws Exception {
        folder.save(KEY, writer('a'), false);
        assumeTrue(Files.getFileStore(path).supportsFileAttributeView("posix"));
        for (String permissions : List.of("rwxrwx---", "rwx---rwx")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
            assertNull(folder.find(KEY));
            IOException refusal = assertThrows(IOException.class, () -> folder.save(KEY, writer('b'), false));
            assertTrue(
                    String.valueOf(refusal.getMessage()).contains("can be written by other users"), refusal::toString);
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertNotNull(folder.find(KEY), "that others can read it is no danger");
    }

    @Test
    void folderThatOthersCouldReplaceIsNotUsed() throws Exception {
        folder.save(KEY, writer('a'), false);
        Path above = base.resolve("cache");
        assumeTrue(Files.getFileStore(path).supportsFileAttributeView("posix"));
        for (String permissions : List.of("rwxrwxr-x", "rwxr-xrwx")) {
            Files.setPosixFilePermissions(above, PosixFilePermissions.fromString(permissions));
            assertNull(folder.find(KEY));
            IOException refusal = assertThrows(IOException.class, () -> folder.save(KEY, writer('b'), false));
            String message = String.valueOf(refusal.getMessage());
            assertTrue(
                    message.startsWith(above + " can be written by other users, who could replace what is in it"),
                    message);
            assertTrue(message.endsWith("and should be 755 for " + path + " to be used"), message);
        }
        Files.setAttribute(above, "unix:mode", 01777);
        assertNotNull(folder.find(KEY), "as in /tmp, nobody can replace what is not theirs");
    }

    @Test
    void folderBehindALinkIsUsedWhereItReallyIs() throws Exception {
        Path saved = folder.save(KEY, writer('a'), false);
        Path unsafe = Files.createDirectory(base.resolve("unsafe"));
        Path link = Files.createSymbolicLink(unsafe.resolve("link"), path);
        Files.setPosixFilePermissions(unsafe, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertEquals(
                saved, SnapshotFolder.privateTo(link).find(KEY), "others may replace the link, and nothing behind it");
        assertEquals(saved, SnapshotFolder.privateTo(link).save(KEY, writer('b'), false));
    }

    @Test
    void folderOfAnotherUserIsNotUsed() throws Exception {
        folder.save(KEY, writer('a'), false);
        try {
            Files.setAttribute(path, "unix:uid", 54321);
        } catch (IOException | UnsupportedOperationException e) {
            assumeTrue(false, "only root can give a folder away");
        }
        assertNull(folder.find(KEY));
        IOException refusal = assertThrows(IOException.class, () -> folder.save(KEY, writer('b'), false));
        assertTrue(String.valueOf(refusal.getMessage()).contains("belongs to another user"), refusal::toString);
        Files.setAttribute(path, "unix:uid", 0);
        Files.setAttribute(path.resolve(KEY.directoryName()), "unix:uid", 54321);
        assertNull(folder.find(KEY), "nor a snapshot of another user in one's own folder");
        Files.setAttribute(path.resolve(KEY.directoryName()), "unix:uid", 0);
        assertNotNull(folder.find(KEY));
        Files.setAttribute(base.resolve("cache"), "unix:uid", 54321);
        assertNull(folder.find(KEY), "nor one's own in a folder of another user");
    }

    /** Another user changed a group-writable memory image and its digest: the interpreter of all programs was theirs. */
    @Test
    void everyFileThatAnotherUserCouldHaveChangedIsNoticed() throws Exception {
        Path saved = folder.save(KEY, writer('a'), false);
        assumeTrue(Files.getFileStore(path).supportsFileAttributeView("unix"));
        for (Path part : List.of(
                saved,
                saved.resolve("blobs"),
                saved.resolve("blobs").resolve("memory"),
                saved.resolve("index.json"),
                saved.resolveSibling("SHA256SUMS"))) {
            Object mode = Files.getAttribute(part, "unix:mode");
            for (int writable : new int[] {0020, 0002}) {
                Files.setAttribute(part, "unix:mode", ((int) mode & 07777) | writable);
                assertNull(folder.find(KEY), part::toString);
            }
            Files.setAttribute(part, "unix:mode", (int) mode & 07777);
            assertNotNull(folder.find(KEY), part::toString);
            Object owner = Files.getAttribute(part, "unix:uid");
            try {
                Files.setAttribute(part, "unix:uid", 54321);
            } catch (IOException e) {
                continue; // Only root can give a file away.
            }
            assertNull(folder.find(KEY), part::toString);
            Files.setAttribute(part, "unix:uid", owner);
            assertNotNull(folder.find(KEY), part::toString);
        }
    }

    @Test
    void fileWithoutADigestOrALinkIsNoticed() throws Exception {
        Path saved = folder.save(KEY, writer('a'), false);
        Path extra = Files.writeString(saved.resolve("blobs").resolve("extra"), "x");
        assertNull(folder.find(KEY));
        Files.delete(extra);
        Files.createSymbolicLink(extra, saved.resolve("index.json"));
        assertNull(folder.find(KEY));
        Files.delete(extra);
        assertNotNull(folder.find(KEY));
    }

    @Test
    void snapshotIsForItsUserWhateverTheWriterMadeIt() throws Exception {
        assumeTrue(Files.getFileStore(base).supportsFileAttributeView("posix"));
        Path saved = folder.save(
                KEY,
                directory -> {
                    writer('a').write(directory);
                    Files.setPosixFilePermissions(
                            directory.resolve("index.json"), PosixFilePermissions.fromString("rw-rw-rw-"));
                },
                false);
        assertEquals("rw-------", permissions(saved.resolve("index.json")));
        assertEquals(saved, folder.find(KEY));
    }

    @Test
    void folderIsTriedBeforeAnythingIsWritten() throws Exception {
        folder.prepare();
        try (Stream<Path> left = Files.list(path)) {
            assertEquals(0, left.count());
        }
        Files.delete(path);
        Files.writeString(path, "a file");
        IOException e = assertThrows(IOException.class, () -> folder.prepare());
        assertEquals(path + ": a file is there already", IoReason.of(e));
        assertEquals("a file is there already", IoReason.of(e, path.toString()));
    }

    @Test
    void folderThatCannotBeMadeIsAnException() throws Exception {
        Files.writeString(base.resolve("cache"), "a file");
        assertThrows(IOException.class, () -> folder.save(KEY, writer('a'), false));
        assertNull(folder.find(KEY));
    }

    /** Writers, damage and readers at once: who finds one finds one that somebody wrote, whole. */
    @Test
    void concurrentFirstStartsNeverSeeATornOne() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Future<?>> writers = new ArrayList<>();
            for (char content : new char[] {'a', 'b', 'c'}) {
                writers.add(threads.submit(() -> {
                    for (int i = 0; i < 15; i++) {
                        try {
                            SnapshotFolder.privateTo(path).save(KEY, writer(content), i % 3 == 0);
                        } catch (IOException e) {
                            // Others were in the way three times: it is kept in memory only then.
                        }
                    }
                    return null;
                }));
            }
            List<Future<Integer>> readers = new ArrayList<>();
            for (int r = 0; r < 2; r++) {
                readers.add(threads.submit(() -> {
                    int found = 0;
                    while (!done.get()) {
                        Path saved = SnapshotFolder.privateTo(path).find(KEY);
                        if (saved != null && isWhole(saved)) {
                            found++;
                        }
                    }
                    return found;
                }));
            }
            Future<?> damager = threads.submit(() -> {
                while (!done.get()) {
                    damage();
                    Thread.sleep(5);
                }
                return null;
            });
            for (Future<?> writer : writers) {
                writer.get();
            }
            done.set(true);
            damager.get();
            int found = 0;
            for (Future<Integer> reader : readers) {
                found += reader.get();
            }
            assertTrue(found > 0);
        }
        folder.save(KEY, writer('z'), true);
        assertEquals("z".repeat(SIZE), content(assertNotNullPath(folder.find(KEY))));
        assertNothingElse();
    }

    /** Between finding and reading, it may have been replaced; what is read is still of one writer. */
    private static boolean isWhole(Path saved) {
        try {
            String content = content(saved);
            assertEquals(1, content.chars().distinct().count(), "a torn snapshot");
            assertEquals(SIZE, content.length(), "a torn snapshot");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Damage from outside. */
    private void damage() {
        try {
            Files.delete(path.resolve(KEY.directoryName())
                    .resolve("image")
                    .resolve("blobs")
                    .resolve("memory"));
        } catch (IOException e) {
            // It is being replaced at this moment.
        }
    }

    private interface Damage {
        void run() throws IOException;
    }

    private static SnapshotFolder.Writer writer(char content) {
        return directory -> {
            Path blobs = Files.createDirectories(directory.resolve("blobs"));
            Files.writeString(blobs.resolve("memory"), String.valueOf(content).repeat(SIZE));
            Files.writeString(directory.resolve("index.json"), "{}");
        };
    }

    private static String content(Path saved) throws IOException {
        return Files.readString(saved.resolve("blobs").resolve("memory"));
    }

    private static Path assertNotNullPath(@Nullable Path path) {
        assertNotNull(path);
        return path;
    }

    private static void flip(Path file, int position) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[position] ^= 1;
        Files.write(file, bytes);
    }

    /** Makes a name in the list of files one that no file can have, as a disk's zeros do. */
    private static void nameNothing(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 2] = 0;
        Files.write(file, bytes);
    }

    private static void truncate(Path file, int size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static void age(Path directory, Duration age) throws IOException {
        Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minus(age)));
    }

    private void restrict() throws IOException {
        if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private void assertNothingElse() throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            assertEquals(
                    List.of(KEY.directoryName()),
                    entries.map(entry -> entry.getFileName().toString()).toList());
        }
    }
}
