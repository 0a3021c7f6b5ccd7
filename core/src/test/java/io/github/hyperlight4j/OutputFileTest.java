package io.github.hyperlight4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.internal.files.Mounts;
import io.github.hyperlight4j.internal.files.SandboxFiles;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {

    private static final int LARGE = 3 << 20;

    private final SandboxFiles files = new SandboxFiles(Mounts.NONE, Limits.defaults(), () -> {});

    private final List<OutputFile> taken = new ArrayList<>();

    @AfterEach
    void close() {
        files.close();
        taken.forEach(OutputFile::close);
    }

    @Test
    void filesAreSortedAndHaveTheirMediaTypes() throws Exception {
        files.makeDirectory("/output/report");
        files.makeDirectory("/output/empty");
        for (String name : List.of("z.png", "report/b.CSV", "report/a.json", ".csv", "README", "a.b/", "x.unknown")) {
            if (name.endsWith("/")) {
                files.makeDirectory("/output/" + name);
            } else {
                write("/output/" + name, name.getBytes(UTF_8));
            }
        }
        write("/tmp/not-returned.txt", new byte[1]);
        List<String> found = take().stream().map(OutputFile::toString).toList();
        assertEquals(
                List.of(
                        "OutputFile[.csv, application/octet-stream, 4 bytes]",
                        "OutputFile[README, application/octet-stream, 6 bytes]",
                        "OutputFile[report/a.json, application/json, 13 bytes]",
                        "OutputFile[report/b.CSV, text/csv, 12 bytes]",
                        "OutputFile[x.unknown, application/octet-stream, 9 bytes]",
                        "OutputFile[z.png, image/png, 5 bytes]"),
                found);
    }

    @Test
    void contentIsReadableAfterTheRunFromSeveralThreadsEachWithItsOwnPosition() throws Exception {
        byte[] large = random(LARGE);
        write("/output/large.bin", large);
        write("/output/small.txt", "small".getBytes(UTF_8));
        List<OutputFile> output = take();
        files.close();
        assertEquals("small", new String(output.get(1).bytes(), UTF_8));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try (InputStream stream = output.getFirst().open()) {
                    assertEquals(1_000, stream.skip(1_000));
                    assertEquals(large[1_000] & 0xFF, stream.read());
                    byte[] rest = stream.readAllBytes();
                    assertEquals(LARGE - 1_001, rest.length);
                    assertEquals(large[LARGE - 1], rest[rest.length - 1]);
                    assertEquals(-1, stream.read());
                } catch (Throwable e) {
                    failure.set(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(null, failure.get());
    }

    @Test
    void interruptOfTheThreadThatReadsOrWroteDoesNotLoseALargeFile() throws Exception {
        byte[] large = random(LARGE);
        Thread.currentThread().interrupt();
        try {
            write("/output/large.bin", large);
            assertArrayEquals(large, take().getFirst().bytes());
            assertTrue(Thread.currentThread().isInterrupted());
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void largeFileHasNoNameOnTheHostAndGoesWithItsLastReference() throws Exception {
        long before = unnamedFiles();
        InputStream stream = streamOfALargeFile();
        try (var names = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertTrue(names.noneMatch(name -> name.getFileName().toString().startsWith("hyperlight4j-")));
        }
        assertEquals(before + 1, unnamedFiles());
        System.gc();
        assertEquals(LARGE, stream.readAllBytes().length, "a stream keeps its file");
        stream = InputStream.nullInputStream();
        assertEquals(-1, stream.read());
        for (int i = 0; i < 100 && unnamedFiles() > before; i++) {
            System.gc();
            Thread.sleep(50);
        }
        assertEquals(before, unnamedFiles());
    }

    private static InputStream streamOfALargeFile() throws Exception {
        OutputFileTest run = new OutputFileTest();
        run.write("/output/large.bin", random(LARGE));
        try {
            return run.take().getFirst().open();
        } finally {
            run.files.close();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void closingReleasesALargeFileAtOnce() throws Exception {
        long before = unnamedFiles();
        write("/output/large.bin", random(LARGE));
        write("/tmp/large.bin", random(LARGE));
        assertEquals(before + 2, unnamedFiles());
        OutputFile file = take().getFirst();
        files.close();
        assertEquals(before + 1, unnamedFiles());
        InputStream stream = file.open();
        file.close();
        file.close();
        assertEquals(before, unnamedFiles());
        assertThrows(IllegalStateException.class, file::open);
        assertThrows(IllegalStateException.class, file::bytes);
        assertThrows(IOException.class, stream::read);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void manySmallFilesTakeOneDescriptorAndEachKeepsItsContent() throws Exception {
        long before = unnamedFiles();
        byte[] bytes = random(LARGE);
        for (int i = 0; i < 5_000; i++) {
            write("/tmp/" + i, Arrays.copyOfRange(bytes, i, i + 10_000));
        }
        for (int i = 0; i < 19; i++) {
            write("/output/" + i, Arrays.copyOfRange(bytes, i, i + 1_000_000));
        }
        assertEquals(before + 2, unnamedFiles());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(20_000);
            for (int i = 0; i < 5_000; i++) {
                int handle = files.open("/tmp/" + i, GuestFiles.OPEN_READ).handle();
                assertEquals(10_000, files.read(handle, 0, into));
                files.close(handle);
                byte[] read = into.asSlice(0, 10_000).toArray(ValueLayout.JAVA_BYTE);
                assertArrayEquals(Arrays.copyOfRange(bytes, i, i + 10_000), read);
            }
        }
        for (OutputFile file : take()) {
            assertEquals(before + 2, unnamedFiles());
            int i = Integer.parseInt(file.path());
            assertArrayEquals(Arrays.copyOfRange(bytes, i, i + 1_000_000), file.bytes());
            file.close();
        }
        assertEquals(before + 1, unnamedFiles());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void runThatIsNotAskedForItsOutputLeavesNothing() throws Exception {
        long before = unnamedFiles();
        write("/output/large.bin", random(LARGE));
        files.open("/output/large.bin", GuestFiles.OPEN_READ);
        files.remove("/output/large.bin", false);
        write("/output/large.bin", random(1 << 20));
        assertEquals(before + 1, unnamedFiles());
        files.close();
        files.close();
        assertEquals(before, unnamedFiles());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void copyGoesBelowTheDirectoryAndReplacesNothing(@TempDir Path directory) throws Exception {
        OutputFile file = report("copied");
        Path copy = file.copyInto(directory);
        assertEquals(directory.resolve("report").resolve("a.txt"), copy);
        assertEquals("copied", Files.readString(copy));
        assertThrows(FileAlreadyExistsException.class, () -> file.copyInto(directory));
        Path linked = Files.createDirectory(directory.resolve("linked"));
        Files.createSymbolicLink(linked.resolve("report"), Path.of("../report"));
        assertThrows(IOException.class, () -> file.copyInto(linked));
        Path made = file.copyInto(directory.resolve("new/directory"));
        assertEquals("copied", Files.readString(made));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void copyThatALinkWouldLeadOutMakesNothingOutside(@TempDir Path host) throws Exception {
        Path outside = Files.createDirectory(host.resolve("outside"));
        Path directory = Files.createDirectory(host.resolve("directory"));
        Files.createSymbolicLink(directory.resolve("link"), outside);
        Files.createSymbolicLink(directory.resolve("dangling.txt"), outside.resolve("new.txt"));
        Files.writeString(directory.resolve("file"), "old");
        files.makeDirectory("/output/link");
        files.makeDirectory("/output/link/new");
        files.makeDirectory("/output/file");
        write("/output/link/new/a.txt", new byte[1]);
        write("/output/link/b.txt", new byte[1]);
        write("/output/file/c.txt", new byte[1]);
        write("/output/dangling.txt", new byte[1]);
        for (OutputFile file : take()) {
            assertThrows(IOException.class, () -> file.copyInto(directory), file.path());
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> file.copyInto(directory, StandardCopyOption.COPY_ATTRIBUTES));
        }
        assertEquals(List.of(), names(outside));
        assertEquals(List.of("dangling.txt", "file", "link"), names(directory));
        assertEquals("old", Files.readString(directory.resolve("file")));
        taken.getFirst().copyInto(directory, StandardCopyOption.REPLACE_EXISTING);
        assertEquals(List.of(), names(outside));
        assertTrue(Files.isRegularFile(directory.resolve("dangling.txt"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void copyReplacesAFileIfAskedAndNeverADirectory(@TempDir Path directory) throws Exception {
        OutputFile file = report("new");
        Path there = Files.createDirectories(directory.resolve("report")).resolve("a.txt");
        Files.writeString(there, "old");
        assertEquals(there, file.copyInto(directory, StandardCopyOption.REPLACE_EXISTING));
        assertEquals("new", Files.readString(there));
        assertEquals(List.of("a.txt"), names(directory.resolve("report")));
        Files.delete(there);
        Files.createDirectory(there);
        assertThrows(
                FileAlreadyExistsException.class, () -> file.copyInto(directory, StandardCopyOption.REPLACE_EXISTING));
        assertTrue(Files.isDirectory(there));
        Files.delete(there);
        assertEquals(there, file.copyInto(directory, StandardCopyOption.REPLACE_EXISTING));
        file.close();
        assertThrows(IllegalStateException.class, () -> file.copyInto(directory, StandardCopyOption.REPLACE_EXISTING));
        assertEquals("new", Files.readString(there));
    }

    private OutputFile report(String text) throws Exception {
        files.makeDirectory("/output/report");
        write("/output/report/a.txt", text.getBytes(UTF_8));
        return take().getFirst();
    }

    private static List<String> names(Path directory) throws IOException {
        try (var children = Files.list(directory)) {
            return children.map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    private List<OutputFile> take() {
        taken.addAll(files.takeOutput());
        return taken;
    }

    private void write(String path, byte[] bytes) throws Exception {
        int handle =
                files.open(path, GuestFiles.OPEN_WRITE | GuestFiles.OPEN_CREATE).handle();
        assertEquals(bytes.length, files.write(handle, 0, ByteBuffer.wrap(bytes)));
        files.close(handle);
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    /** Returns the number of open temporary files of this library, which have no names. */
    private static long unnamedFiles() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(descriptor -> {
                        try {
                            String target = Files.readSymbolicLink(descriptor).toString();
                            return target.contains("hyperlight4j-") && target.endsWith("(deleted)");
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .count();
        }
    }
}
