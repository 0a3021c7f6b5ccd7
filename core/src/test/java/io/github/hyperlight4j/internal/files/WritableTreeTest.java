package io.github.hyperlight4j.internal.files;

import static io.github.hyperlight4j.internal.files.FileGuest.CREATE;
import static io.github.hyperlight4j.internal.files.FileGuest.EXCLUSIVE;
import static io.github.hyperlight4j.internal.files.FileGuest.READ;
import static io.github.hyperlight4j.internal.files.FileGuest.TRUNCATE;
import static io.github.hyperlight4j.internal.files.FileGuest.WRITE;
import static io.github.hyperlight4j.internal.files.FileGuest.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class WritableTreeTest {

    private static final Limits LARGE = FileGuest.limits(1_000, 1L << 40, 1L << 40, 1L << 40);

    @Test
    @EnabledOnOs(OS.LINUX)
    void behavesAsADirectoryOfTheHostDoes(@TempDir Path model) throws Exception {
        for (int seed = 0; seed < 10; seed++) {
            Path root = Files.createDirectory(model.resolve("seed-" + seed));
            try (FileGuest guest = FileGuest.with(LARGE);
                    Comparison comparison = new Comparison(guest, root, new Random(seed))) {
                for (int step = 0; step < 1_500; step++) {
                    comparison.step("seed " + seed + ", step " + step);
                }
                comparison.assertSameTree();
            }
        }
    }

    private record Pair(int handle, FileChannel channel, boolean reads, boolean writes) {}

    private interface Attempt {
        Object run() throws Exception;
    }

    /** Does the same with the guest's tree and with a directory of the host. */
    private record Comparison(FileGuest guest, Path root, Random random, List<Pair> open) implements AutoCloseable {

        Comparison(FileGuest guest, Path root, Random random) {
            this(guest, root, random, new ArrayList<>());
        }

        void step(String name) throws Exception {
            String path = path();
            Path real = real(path);
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> openBoth(name, path, real);
                case 3 ->
                    same(name + ": mkdir " + path, () -> Files.createDirectory(real) == null, () -> {
                        guest.files.makeDirectory(path);
                        return false;
                    });
                case 4 -> removeBoth(name, path, real);
                case 5 -> {
                    String to = path();
                    same(
                            name + ": rename " + path + " " + to,
                            () -> Files.move(real, real(to), StandardCopyOption.ATOMIC_MOVE) == null,
                            () -> {
                                guest.files.rename(path, to);
                                return false;
                            });
                }
                case 6 ->
                    same(name + ": stat " + path, () -> size(real), () -> {
                        GuestFiles.Status status = guest.files.stat(path, true);
                        return status.kind() == GuestFiles.DIRECTORY ? -1 : status.size();
                    });
                case 7 -> closeBoth();
                default -> useBoth(name);
            }
            if (random.nextInt(100) == 0) {
                assertSameTree();
            }
        }

        private String path() {
            StringBuilder path = new StringBuilder("/output");
            int depth = 1 + random.nextInt(3);
            for (int i = 0; i < depth; i++) {
                path.append('/').append((char) ('a' + random.nextInt(4)));
            }
            return path.toString();
        }

        private Path real(String path) {
            return root.resolve(path.substring("/output/".length()));
        }

        private void openBoth(String name, String path, Path real) throws Exception {
            int[] choices = {
                READ,
                WRITE,
                READ | WRITE,
                READ | WRITE | CREATE,
                WRITE | CREATE | TRUNCATE,
                READ | WRITE | CREATE | EXCLUSIVE,
                WRITE | TRUNCATE
            };
            int flags = choices[random.nextInt(choices.length)];
            if (open.size() >= 20) {
                closeBoth();
            }
            List<FileChannel> channels = new ArrayList<>();
            List<Integer> handles = new ArrayList<>();
            same(
                    name + ": open " + path + " " + flags,
                    () -> {
                        // Java opens a directory to read it; the guest's interface does not.
                        if (Files.isDirectory(real) && (flags & EXCLUSIVE) == 0) {
                            return Code.IS_DIRECTORY;
                        }
                        FileChannel channel = FileChannel.open(real, options(flags));
                        channels.add(channel);
                        return channel.size();
                    },
                    () -> {
                        GuestFiles.Opened opened = guest.files.open(path, flags);
                        handles.add(opened.handle());
                        return opened.status().size();
                    });
            if (!channels.isEmpty()) {
                open.add(new Pair(handles.getFirst(), channels.getFirst(), (flags & READ) != 0, (flags & WRITE) != 0));
            }
        }

        private static Set<OpenOption> options(int flags) {
            Map<Integer, OpenOption> all = Map.of(
                    READ,
                    StandardOpenOption.READ,
                    WRITE,
                    StandardOpenOption.WRITE,
                    CREATE,
                    StandardOpenOption.CREATE,
                    EXCLUSIVE,
                    StandardOpenOption.CREATE_NEW,
                    TRUNCATE,
                    StandardOpenOption.TRUNCATE_EXISTING);
            Set<OpenOption> options = new HashSet<>();
            all.forEach((flag, option) -> {
                if ((flags & flag) != 0) {
                    options.add(option);
                }
            });
            return options;
        }

        private void removeBoth(String name, String path, Path real) throws Exception {
            boolean directory = random.nextBoolean();
            same(
                    name + ": remove " + path + " " + directory,
                    () -> {
                        if (Files.exists(real, LinkOption.NOFOLLOW_LINKS) && Files.isDirectory(real) != directory) {
                            return directory ? Code.NOT_DIRECTORY : Code.IS_DIRECTORY;
                        }
                        Files.delete(real);
                        return false;
                    },
                    () -> {
                        guest.files.remove(path, directory);
                        return false;
                    });
        }

        private void useBoth(String name) throws Exception {
            if (open.isEmpty()) {
                return;
            }
            Pair pair = open.get(random.nextInt(open.size()));
            boolean large = random.nextInt(8) == 0;
            int offset = random.nextInt(large ? 400_000 : 2_000);
            int count = random.nextInt(large ? 300_000 : 2_000);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    byte[] bytes = new byte[count];
                    random.nextBytes(bytes);
                    boolean append = random.nextInt(3) == 0;
                    if (pair.writes) {
                        same(
                                name + ": write " + offset + " " + count + " " + append,
                                () -> {
                                    long at = append ? pair.channel.size() : offset;
                                    pair.channel.write(ByteBuffer.wrap(bytes), at);
                                    return at + count;
                                },
                                () -> guest.write(pair.handle, append ? GuestFiles.END : offset, bytes));
                    } else {
                        assertFails(Code.BAD_DESCRIPTOR, () -> guest.write(pair.handle, offset, bytes));
                    }
                }
                case 2, 3 -> {
                    if (pair.reads) {
                        ByteBuffer expected = ByteBuffer.allocate(count);
                        pair.channel.read(expected, offset);
                        byte[] content = new byte[expected.position()];
                        expected.get(0, content);
                        assertArrayEquals(content, guest.read(pair.handle, offset, count), name);
                    } else {
                        assertFails(Code.BAD_DESCRIPTOR, () -> guest.read(pair.handle, offset, count));
                    }
                }
                default -> {
                    if (pair.writes) {
                        if (offset <= pair.channel.size()) {
                            pair.channel.truncate(offset);
                        } else {
                            pair.channel.write(ByteBuffer.allocate(1), offset - 1L);
                        }
                        guest.files.resize(pair.handle, offset);
                    }
                }
            }
            assertEquals(pair.channel.size(), guest.files.stat(pair.handle).size(), name);
        }

        private static Object size(Path real) throws IOException {
            if (Files.isDirectory(real)) {
                return -1;
            }
            // Java reports a file on the way like a missing file.
            Path parent = real.getParent();
            return Files.isRegularFile(parent) || Files.isRegularFile(parent.getParent())
                    ? Code.NOT_DIRECTORY
                    : Files.size(real);
        }

        private void closeBoth() throws IOException {
            if (!open.isEmpty()) {
                Pair pair = open.remove(random.nextInt(open.size()));
                pair.channel.close();
                guest.files.close(pair.handle);
            }
        }

        private static void same(String name, Attempt expected, Attempt actual) {
            assertEquals(result(expected), result(actual), name);
        }

        private static Object result(Attempt attempt) {
            try {
                Object result = attempt.run();
                return result instanceof Number number ? (Object) number.longValue() : result;
            } catch (GuestFileException e) {
                return e.code();
            } catch (NoSuchFileException e) {
                return Code.NO_ENTRY;
            } catch (FileAlreadyExistsException e) {
                return Code.EXIST;
            } catch (DirectoryNotEmptyException e) {
                return Code.NOT_EMPTY;
            } catch (FileSystemException e) {
                return switch (String.valueOf(e.getReason())) {
                    case "Not a directory" -> Code.NOT_DIRECTORY;
                    case "Is a directory" -> Code.IS_DIRECTORY;
                    case "Directory not empty" -> Code.NOT_EMPTY;
                    case "Invalid argument" -> Code.INVALID;
                    default -> e.toString();
                };
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        void assertSameTree() throws Exception {
            Map<String, Integer> expected = new TreeMap<>();
            try (var walk = Files.walk(root)) {
                for (Path path : walk.toList()) {
                    String name = "/output/" + root.relativize(path);
                    expected.put(name, Files.isDirectory(path) ? -1 : contentHash(Files.readAllBytes(path)));
                }
            }
            Map<String, Integer> actual = new TreeMap<>();
            actual.put("/output/", -1);
            collect("/output", actual);
            assertEquals(expected, actual);
        }

        private void collect(String directory, Map<String, Integer> into) throws Exception {
            for (GuestFiles.Entry entry : guest.list(directory)) {
                String path = directory + "/" + entry.name();
                if (entry.status().kind() == GuestFiles.DIRECTORY) {
                    into.put(path, -1);
                    collect(path, into);
                } else {
                    into.put(path, contentHash(guest.read(path)));
                }
            }
        }

        private static int contentHash(byte[] bytes) {
            return Arrays.hashCode(bytes) & Integer.MAX_VALUE;
        }

        @Override
        public void close() throws IOException {
            while (!open.isEmpty()) {
                closeBoth();
            }
        }
    }

    @Test
    void fullQuotaIsNoSpaceAndATooLargeFileIsThat() throws Exception {
        Limits limits = FileGuest.limits(3, 1_000, 2_500, 5_000);
        try (FileGuest guest = FileGuest.with(limits, 6, 10)) {
            guest.write("/output/a", new byte[1_000]);
            int b = guest.open("/output/b", READ | WRITE | CREATE);
            assertFails(Code.FILE_TOO_LARGE, () -> guest.write(b, 0, new byte[1_001]));
            assertFails(Code.FILE_TOO_LARGE, () -> guest.write(b, 1_000, new byte[1]));
            assertFails(Code.FILE_TOO_LARGE, () -> guest.files.resize(b, 1L << 60));
            assertFails(Code.FILE_TOO_LARGE, () -> guest.files.resize(b, -1));
            assertFails(Code.FILE_TOO_LARGE, () -> guest.write(b, Long.MAX_VALUE, new byte[1]));
            assertFails(Code.FILE_TOO_LARGE, () -> guest.write(b, Long.MIN_VALUE, new byte[1]));
            assertFails(Code.FILE_TOO_LARGE, () -> guest.write(b, -2, new byte[1]));
            assertEquals(0, guest.files.stat(b).size());
            assertEquals(7L << 40, guest.write(b, 7L << 40, new byte[0]));
            assertEquals(0, guest.files.stat(b).size());
            guest.files.resize(b, 1_000);
            int c = guest.open("/output/c", WRITE | CREATE);
            guest.write(c, 0, new byte[500]);
            assertFails(Code.INSUFFICIENT_SPACE, () -> guest.write(c, GuestFiles.END, new byte[1]));
            guest.write(c, 0, "over".getBytes(UTF_8));
            assertFails(Code.INSUFFICIENT_SPACE, () -> guest.write("/output/d", "one more file"));
            // A file that is open holds its space when its name is gone.
            guest.files.remove("/output/b", false);
            guest.write("/output/d", "");
            assertFails(Code.INSUFFICIENT_SPACE, () -> guest.write("/output/d", "x"));
            guest.files.close(b);
            guest.write("/output/d", "x".repeat(1_000));
            guest.files.makeDirectory("/output/1");
            guest.files.makeDirectory("/output/2");
            guest.files.makeDirectory("/output/3");
            assertFails(Code.INSUFFICIENT_SPACE, () -> guest.files.makeDirectory("/output/4"));
            guest.files.remove("/output/1", true);
            guest.files.makeDirectory("/output/4");
            // /tmp has its own.
            guest.write("/tmp/a", new byte[5_000]);
            assertFails(Code.INSUFFICIENT_SPACE, () -> guest.write("/tmp/b", "x"));
            assertFails(Code.CROSS_DEVICE, () -> guest.files.rename("/tmp/a", "/output/e"));
        }
    }

    @Test
    void spaceIsGivenBackHoweverAFileGoes() throws Exception {
        Limits limits = FileGuest.limits(2, 600_000, 600_000, 0);
        try (FileGuest guest = FileGuest.with(limits, 2, 10)) {
            for (int i = 0; i < 50; i++) {
                guest.write("/output/a", new byte[600_000]);
                guest.write("/output/b", new byte[0]);
                switch (i % 4) {
                    case 0 -> guest.files.remove("/output/a", false);
                    case 1 -> guest.files.rename("/output/b", "/output/a");
                    case 2 -> guest.files.close(guest.open("/output/a", WRITE | TRUNCATE));
                    default -> {
                        int handle = guest.open("/output/a", READ);
                        guest.files.remove("/output/a", false);
                        assertEquals(10, guest.read(handle, 599_990, 20).length);
                        guest.files.close(handle);
                    }
                }
            }
        }
    }

    @Test
    void stormOfEmptyFilesAndNamesEndsAtItsLimit() throws Exception {
        try (FileGuest guest = FileGuest.with(Limits.defaults())) {
            int made = 0;
            String name = "n".repeat(240);
            for (int i = 0; i < 30_000; i++) {
                try {
                    guest.files.close(guest.open("/tmp/" + name + i, WRITE | CREATE));
                    made++;
                } catch (GuestFileException e) {
                    assertEquals(Code.INSUFFICIENT_SPACE, e.code());
                }
            }
            assertEquals(SandboxFiles.MOST_ENTRIES, made);
            GuestFiles.Entries part = guest.files.list("/tmp", 0);
            assertTrue(part.items().size() <= FileTree.LONGEST_PART);
            assertEquals(made, guest.names("/tmp").size());
        }
    }

    @Test
    void holesAndHugeOffsetsTakeNoMemory() throws Exception {
        try (FileGuest guest = FileGuest.with(LARGE)) {
            int handle = guest.open("/tmp/sparse", READ | WRITE | CREATE);
            long far = 30L << 30;
            assertEquals(far + 3, guest.write(handle, far, "end".getBytes(UTF_8)));
            assertEquals(far + 3, guest.files.stat(handle).size());
            assertArrayEquals(new byte[100], guest.read(handle, far / 2, 100));
            assertEquals("end", new String(guest.read(handle, far, 100), UTF_8));
            guest.files.resize(handle, 10);
            guest.files.resize(handle, 20);
            assertArrayEquals(new byte[20], guest.read(handle, 0, 100));
        }
    }

    @Test
    void fileThatShrinksAndGrowsHasNothingOfBefore() throws Exception {
        try (FileGuest guest = FileGuest.with(LARGE)) {
            int handle = guest.open("/tmp/f", READ | WRITE | CREATE);
            for (int size : new int[] {100, 90, 10, 0}) {
                guest.write(handle, 0, "x".repeat(100).getBytes(UTF_8));
                guest.files.resize(handle, size);
                guest.write(handle, 100, "y".getBytes(UTF_8));
                assertEquals(
                        "x".repeat(size) + "\0".repeat(100 - size) + "y",
                        new String(guest.read(handle, 0, 200), UTF_8));
                guest.files.resize(handle, 0);
            }
        }
    }

    @Test
    void listIsWholeWhileTheDirectoryChanges() throws Exception {
        try (FileGuest guest = FileGuest.with(LARGE)) {
            for (int i = 0; i < 2_500; i++) {
                guest.files.makeDirectory("/tmp/keep-" + i);
                guest.files.makeDirectory("/tmp/drop-" + i);
            }
            Set<String> seen = new HashSet<>();
            long next = 0;
            int parts = 0;
            do {
                GuestFiles.Entries part = guest.files.list("/tmp", next);
                part.items().forEach(entry -> assertTrue(seen.add(entry.name()), entry.name()));
                next = part.next();
                for (GuestFiles.Entry entry : part.items()) {
                    if (entry.name().startsWith("drop-")) {
                        guest.files.remove("/tmp/" + entry.name(), true);
                    }
                }
                guest.files.makeDirectory("/tmp/new-" + parts++);
            } while (next != 0);
            for (int i = 0; i < 2_500; i++) {
                assertTrue(seen.contains("keep-" + i), "keep-" + i);
            }
            for (long cursor : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40}) {
                assertEquals(new GuestFiles.Entries(List.of(), 0), guest.files.list("/tmp", cursor));
            }
        }
    }

    @Test
    void rootsCannotBeMovedOrRemoved() throws Exception {
        try (FileGuest guest = FileGuest.with(LARGE)) {
            assertFails(Code.BUSY, () -> guest.files.remove("/output", true));
            assertFails(Code.IS_DIRECTORY, () -> guest.files.remove("/output", false));
            assertFails(Code.BUSY, () -> guest.files.rename("/output", "/output/a"));
            assertFails(Code.EXIST, () -> guest.files.makeDirectory("/output/"));
            assertFails(Code.IS_DIRECTORY, () -> guest.open("/output", READ));
            assertFails(Code.EXIST, () -> guest.open("/output/..", WRITE | CREATE | EXCLUSIVE));
            assertFails(Code.READ_ONLY, () -> guest.open("/elsewhere", WRITE | CREATE));
            assertFails(Code.READ_ONLY, () -> guest.files.remove("/", true));
            guest.files.setModified("/output", 5);
            assertEquals(5, guest.files.stat("/output", true).modified());
            assertFails(Code.INVALID, () -> guest.files.readLink("/output"));
        }
    }

    @Test
    void slashAtTheEndMeansADirectory() throws Exception {
        try (FileGuest guest = FileGuest.with(LARGE)) {
            guest.write("/output/f", "x");
            assertFails(Code.NOT_DIRECTORY, () -> guest.files.stat("/output/f/", true));
            assertFails(Code.NOT_DIRECTORY, () -> guest.open("/output/f/", READ));
            assertFails(Code.NOT_DIRECTORY, () -> guest.files.remove("/output/f/", false));
            assertFails(Code.IS_DIRECTORY, () -> guest.open("/output/g/", WRITE | CREATE));
            assertFails(Code.NOT_DIRECTORY, () -> guest.files.rename("/output/f", "/output/g/"));
            guest.files.makeDirectory("/output/d/");
            guest.files.rename("/output/d/", "/output/e/");
            assertEquals(List.of("e", "f"), guest.names("/output/"));
        }
    }

    @Test
    void directoriesCannotBePiledUpOverTheLongestPath() throws Exception {
        try (FileGuest guest = FileGuest.with(LARGE)) {
            String deep = "/output" + "/d".repeat(1_000);
            String path = "/output";
            for (int i = 0; i < 1_000; i++) {
                path += "/d";
                guest.files.makeDirectory(path);
            }
            guest.write(deep + "/f", "deep");
            assertEquals("deep", guest.text(deep + "/f"));
            String name = "/tmp/" + "n".repeat(250);
            guest.files.makeDirectory(name);
            String long1 = "/output/" + "n".repeat(250);
            guest.files.makeDirectory(long1);
            for (int i = 0; i < 7; i++) {
                long1 += "/" + "n".repeat(250);
                guest.files.makeDirectory(long1);
            }
            String target = long1 + "/moved";
            assertFails(Code.NAME_TOO_LONG, () -> guest.files.rename("/output/d/d", target + "x".repeat(200)));
            guest.files.rename("/output/d", target);
            List<OutputFile> output = guest.files.takeOutput();
            assertEquals(1, output.size());
            assertTrue(("/output/" + output.getFirst().path()).length() < GuestPath.LONGEST);
            output.getFirst().close();
        }
    }

    @Test
    void nothingIsAnsweredOnceTheRunIsOver() throws Exception {
        try (FileGuest guest = FileGuest.with(LARGE)) {
            int handle = guest.open("/output/f", READ | WRITE | CREATE);
            guest.files.takeOutput().forEach(OutputFile::close);
            assertThrows(RunEndedException.class, () -> guest.write(handle, 0, new byte[1]));
            assertThrows(RunEndedException.class, () -> guest.open("/output/f", READ));
            assertThrows(RunEndedException.class, () -> guest.names("/"));
            assertThrows(IllegalStateException.class, guest.files::takeOutput);
            guest.files.close(handle);
            guest.files.close();
        }
    }
}
