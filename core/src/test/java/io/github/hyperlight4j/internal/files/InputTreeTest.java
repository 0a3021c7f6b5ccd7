package io.github.hyperlight4j.internal.files;

import static io.github.hyperlight4j.internal.files.FileGuest.CREATE;
import static io.github.hyperlight4j.internal.files.FileGuest.EXCLUSIVE;
import static io.github.hyperlight4j.internal.files.FileGuest.NO_FOLLOW;
import static io.github.hyperlight4j.internal.files.FileGuest.READ;
import static io.github.hyperlight4j.internal.files.FileGuest.TRUNCATE;
import static io.github.hyperlight4j.internal.files.FileGuest.WRITE;
import static io.github.hyperlight4j.internal.files.FileGuest.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.FileMount;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import io.github.hyperlight4j.testing.SwapRace;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InputTreeTest {

    private static final String SECRET = "secret";

    @TempDir
    private Path host;

    private Path workspace;
    private Path outside;

    @BeforeEach
    void makeWorkspace() throws IOException {
        workspace = Files.createDirectories(host.resolve("workspace"));
        outside = Files.createDirectories(host.resolve("outside"));
        Files.writeString(outside.resolve("secret.txt"), SECRET);
        Files.writeString(workspace.resolve("a.txt"), "inside");
        Files.createDirectories(workspace.resolve("sub/deeper"));
        Files.writeString(workspace.resolve("sub/b.txt"), "below");
    }

    @Test
    void workspaceIsReadAsItIsOnTheHost() throws Exception {
        Instant modified = Instant.parse("2021-02-03T04:05:06.789Z");
        Files.setLastModifiedTime(workspace.resolve("a.txt"), FileTime.from(modified));
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            assertEquals("inside", guest.text("/input/a.txt"));
            assertEquals("below", guest.text("/input/sub/b.txt"));
            assertEquals("below", guest.text("//input/./sub/deeper/..//b.txt"));
            assertEquals(List.of("a.txt", "sub"), guest.names("/input"));
            assertEquals(List.of("input", "output", "tmp"), guest.names("/"));
            assertEquals(
                    new GuestFiles.Status(GuestFiles.FILE, 6, modified.toEpochMilli() * 1_000_000),
                    guest.files.stat("/input/a.txt", true));
            assertEquals(GuestFiles.DIRECTORY, guest.kind("/input/sub", true));
            // Nothing was copied: what the host changes is seen.
            Files.writeString(workspace.resolve("a.txt"), "changed");
            assertEquals("changed", guest.text("/input/a.txt"));
        }
    }

    @Test
    void readingIsAtAnyOffsetAndEndsAtTheEnd() throws Exception {
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            int handle = guest.open("/input/a.txt", READ);
            assertArrayEquals("side".getBytes(UTF_8), guest.read(handle, 2, 100));
            for (long offset :
                    new long[] {6, 7, 1L << 40, Long.MAX_VALUE - 1, Long.MAX_VALUE, Long.MIN_VALUE, -1, -2}) {
                assertEquals(0, lengthOrRefusal(guest, handle, offset), "offset " + offset);
            }
            assertEquals(6, guest.files.stat(handle).size());
        }
    }

    private static int lengthOrRefusal(FileGuest guest, int handle, long offset) throws Exception {
        try {
            return guest.read(handle, offset, 100).length;
        } catch (GuestFileException e) {
            // pread(2) refuses an offset at which no byte can be.
            assertEquals(Code.INVALID, e.code());
            return 0;
        }
    }

    @Test
    void nothingCanBeChangedAndTheErrorIsTheRightOne() throws Exception {
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            assertFails(Code.READ_ONLY, () -> guest.open("/input/a.txt", READ | WRITE));
            assertFails(Code.READ_ONLY, () -> guest.open("/input/a.txt", WRITE | CREATE | TRUNCATE));
            assertFails(Code.READ_ONLY, () -> guest.open("/input/a.txt", READ | TRUNCATE));
            assertFails(Code.READ_ONLY, () -> guest.open("/input/new.txt", WRITE | CREATE));
            assertFails(Code.EXIST, () -> guest.open("/input/a.txt", WRITE | CREATE | EXCLUSIVE));
            assertFails(Code.NO_ENTRY, () -> guest.open("/input/new.txt", WRITE));
            assertFails(Code.NO_ENTRY, () -> guest.open("/input/none/new.txt", WRITE | CREATE));
            assertFails(Code.NOT_DIRECTORY, () -> guest.open("/input/a.txt/new.txt", WRITE | CREATE));
            assertFails(Code.IS_DIRECTORY, () -> guest.open("/input/sub", WRITE));
            assertFails(Code.IS_DIRECTORY, () -> guest.open("/input/sub", READ));
            assertFails(Code.READ_ONLY, () -> guest.files.makeDirectory("/input/new"));
            assertFails(Code.EXIST, () -> guest.files.makeDirectory("/input/sub"));
            assertFails(Code.EXIST, () -> guest.files.makeDirectory("/input"));
            assertFails(Code.READ_ONLY, () -> guest.files.makeDirectory("/new"));
            assertFails(Code.READ_ONLY, () -> guest.files.remove("/input/a.txt", false));
            assertFails(Code.IS_DIRECTORY, () -> guest.files.remove("/input/sub", false));
            assertFails(Code.NO_ENTRY, () -> guest.files.remove("/input/none", false));
            assertFails(Code.READ_ONLY, () -> guest.files.rename("/input/a.txt", "/input/c.txt"));
            assertFails(Code.READ_ONLY, () -> guest.files.rename("/input/a.txt", "/output/c.txt"));
            assertFails(Code.READ_ONLY, () -> guest.files.rename("/output", "/input/c.txt"));
            assertFails(Code.READ_ONLY, () -> guest.files.setModified("/input/a.txt", 1));
            int handle = guest.open("/input/a.txt", READ | CREATE);
            assertFails(Code.BAD_DESCRIPTOR, () -> guest.write(handle, 0, new byte[1]));
            assertFails(Code.BAD_DESCRIPTOR, () -> guest.files.resize(handle, 0));
            assertEquals("inside", Files.readString(workspace.resolve("a.txt")));
            assertEquals(Set.of("a.txt", "sub"), namesOnHost(workspace));
        }
    }

    @Test
    void mountsLieOverTheWorkspaceAndTheDirectoriesToThemAreThere() throws Exception {
        Path data = Files.createDirectories(host.resolve("data"));
        Files.writeString(data.resolve("d.txt"), "mounted");
        Files.writeString(data.resolve("é.txt"), "named");
        try (FileGuest guest = FileGuest.mounting(
                workspace,
                FileMount.of(data, "sub/deeper/data"),
                FileMount.of(data.resolve("d.txt"), "a.txt"),
                FileMount.of(data.resolve("é.txt"), "new/directory/über.txt"))) {
            assertEquals(List.of("a.txt", "new", "sub"), guest.names("/input"));
            assertEquals("mounted", guest.text("/input/a.txt"));
            assertEquals(List.of("b.txt", "deeper"), guest.names("/input/sub"));
            assertEquals(List.of("data"), guest.names("/input/sub/deeper"));
            assertEquals("below", guest.text("/input/sub/b.txt"));
            assertEquals("mounted", guest.text("/input/sub/deeper/data/d.txt"));
            assertEquals(List.of("directory"), guest.names("/input/new"));
            assertEquals("named", guest.text("/input/new/directory/über.txt"));
            assertEquals(
                    new GuestFiles.Entry("über.txt", guest.files.stat("/input/new/directory/über.txt", true)),
                    guest.list("/input/new/directory").getFirst());
            assertFails(Code.NO_ENTRY, () -> guest.text("/input/new/other"));
            assertFails(Code.NOT_DIRECTORY, () -> guest.text("/input/a.txt/b"));
            assertFails(Code.NOT_DIRECTORY, () -> guest.text("/input/a.txt/"));
            assertFails(Code.NOT_DIRECTORY, () -> guest.names("/input/a.txt"));
            assertFails(Code.EXIST, () -> guest.files.makeDirectory("/input/new"));
        }
        try (FileGuest guest = FileGuest.mounting(null, FileMount.of(data, "x/y"))) {
            assertEquals(List.of("x"), guest.names("/input"));
            assertEquals("mounted", guest.text("/input/x/y/d.txt"));
            assertFails(Code.NO_ENTRY, () -> guest.text("/input/z"));
        }
        try (FileGuest guest = FileGuest.with(Limits.defaults())) {
            assertEquals(List.of(), guest.names("/input"));
            assertFails(Code.NO_ENTRY, () -> guest.text("/input/z"));
        }
    }

    @Test
    void dotsLeadNowhereElse() throws Exception {
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            for (String path : List.of(
                    "/input/../outside/secret.txt",
                    "/input/sub/../../../outside/secret.txt",
                    "/../../../../../.." + outside.resolve("secret.txt"),
                    outside.resolve("secret.txt").toString(),
                    "/input/" + outside.resolve("secret.txt"),
                    "/input/..\\outside\\secret.txt",
                    "/input/%2e%2e/outside/secret.txt",
                    "/input/sub/.. /../outside/secret.txt",
                    "/proc/self/environ",
                    "/INPUT/a.txt",
                    "/input/A.TXT")) {
                assertFails(Code.NO_ENTRY, () -> guest.text(path));
            }
            assertEquals("inside", guest.text("/../../input/sub/../a.txt"));
        }
    }

    @Test
    void linksAreFollowedInsideAndRefusedOutside() throws Exception {
        Files.createSymbolicLink(workspace.resolve("sub/to-a"), Path.of("../a.txt"));
        Files.createSymbolicLink(workspace.resolve("to-sub"), Path.of("sub"));
        Files.createSymbolicLink(workspace.resolve("relative"), Path.of("../outside/secret.txt"));
        Files.createSymbolicLink(workspace.resolve("absolute"), outside.resolve("secret.txt"));
        Files.createSymbolicLink(workspace.resolve("absolute-inside"), workspace.resolve("a.txt"));
        Files.createSymbolicLink(workspace.resolve("directory"), outside);
        Files.createSymbolicLink(workspace.resolve("out-and-back"), Path.of("../workspace/a.txt"));
        Files.createSymbolicLink(workspace.resolve("by-way"), Path.of("to-sub/to-a"));
        Files.createSymbolicLink(workspace.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(workspace.resolve("dangling"), Path.of("nothing"));
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            assertEquals("inside", guest.text("/input/sub/to-a"));
            assertEquals("inside", guest.text("/input/to-sub/to-a"));
            assertEquals("inside", guest.text("/input/by-way"));
            assertEquals("below", guest.text("/input/to-sub/b.txt"));
            assertEquals(List.of("b.txt", "deeper", "to-a"), guest.names("/input/to-sub"));
            assertEquals(GuestFiles.FILE, guest.kind("/input/by-way", true));
            assertEquals(GuestFiles.SYMBOLIC_LINK, guest.kind("/input/by-way", false));
            assertEquals("to-sub/to-a", guest.files.readLink("/input/by-way"));
            assertEquals("../a.txt", guest.files.readLink("/input/sub/to-a"));
            for (String name : List.of("relative", "absolute", "absolute-inside", "out-and-back")) {
                String path = "/input/" + name;
                assertFails(Code.ACCESS, () -> guest.text(path));
                assertFails(Code.ACCESS, () -> guest.files.stat(path, true));
                assertFails(Code.ACCESS, () -> guest.files.readLink(path));
                assertEquals(GuestFiles.SYMBOLIC_LINK, guest.kind(path, false));
            }
            assertFails(Code.ACCESS, () -> guest.text("/input/directory/secret.txt"));
            assertFails(Code.ACCESS, () -> guest.names("/input/directory"));
            assertFails(Code.ACCESS, () -> guest.files.stat("/input/directory/", false));
            assertFails(Code.ACCESS, () -> guest.files.readLink("/input/directory"));
            assertFails(Code.LOOP, () -> guest.text("/input/loop"));
            assertFails(Code.LOOP, () -> guest.open("/input/sub/to-a", READ | NO_FOLLOW));
            assertFails(Code.NO_ENTRY, () -> guest.text("/input/dangling"));
            assertFails(Code.INVALID, () -> guest.files.readLink("/input/a.txt"));
            assertFails(Code.INVALID, () -> guest.files.readLink("/input"));
            for (GuestFiles.Entry entry : guest.list("/input")) {
                if (!List.of("a.txt", "sub").contains(entry.name())) {
                    assertEquals(GuestFiles.SYMBOLIC_LINK, entry.status().kind(), entry.name());
                }
            }
        }
    }

    @Test
    void linksFromOneMountIntoAnotherAreRefused() throws Exception {
        Path other = Files.createDirectories(host.resolve("other"));
        Files.createSymbolicLink(other.resolve("link"), Path.of("../workspace/a.txt"));
        try (FileGuest guest = FileGuest.mounting(workspace, FileMount.of(other, "other"))) {
            assertFails(Code.ACCESS, () -> guest.text("/input/other/link"));
        }
    }

    @Test
    void directoryThatIsSwappedForALinkWhileItIsReadNeverLeadsOut() throws Exception {
        Path victim = Files.createDirectories(workspace.resolve("victim"));
        Files.writeString(victim.resolve("secret.txt"), "harmless");
        Path link = Files.createSymbolicLink(host.resolve("link"), outside);
        SwapRace race = new SwapRace(victim, workspace.resolve("parked"), link);
        int harmless = 0;
        int refused = 0;
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            long end = System.nanoTime() + 5_000_000_000L;
            while ((harmless < 200 || refused < 200) && System.nanoTime() < end) {
                try {
                    assertEquals("harmless", guest.text("/input/victim/secret.txt"));
                    assertEquals(List.of("secret.txt"), guest.names("/input/victim"));
                    harmless++;
                } catch (GuestFileException e) {
                    assertTrue(Set.of(Code.ACCESS, Code.NO_ENTRY, Code.BUSY).contains(e.code()), "" + e.code());
                    refused += e.code() == Code.ACCESS ? 1 : 0;
                }
            }
        } finally {
            race.end();
        }
        assertEquals(null, race.failure());
        assertTrue(harmless > 0 && refused > 0, harmless + " read, " + refused + " refused: the race was not tried");
    }

    @Test
    void mountedFileThatIsSwappedForALinkIsRefusedAndAReplacedOneIsSeen() throws Exception {
        Path file = workspace.resolve("a.txt");
        try (FileGuest guest = FileGuest.mounting(null, FileMount.of(file, "data/a.txt"))) {
            assertEquals("inside", guest.text("/input/data/a.txt"));
            Path replacement = Files.writeString(workspace.resolve("replacement"), "replaced");
            Files.move(replacement, file, StandardCopyOption.REPLACE_EXISTING);
            assertEquals("replaced", guest.text("/input/data/a.txt"));
            Files.delete(file);
            Files.createSymbolicLink(file, Path.of("sub/b.txt"));
            assertFails(Code.LOOP, () -> guest.text("/input/data/a.txt"));
            Files.delete(file);
            assertFails(Code.NO_ENTRY, () -> guest.text("/input/data/a.txt"));
            assertEquals(List.of(), guest.names("/input/data"));
            Files.createDirectories(file);
            assertFails(Code.IS_DIRECTORY, () -> guest.text("/input/data/a.txt"));
        }
    }

    @Test
    void specialFilesAreNeitherOpenedNorListed() throws Exception {
        shell("mkfifo fifo");
        boolean device = shellWorks("mknod zero c 1 5");
        Files.createSymbolicLink(workspace.resolve("to-device"), Path.of("/dev/zero"));
        Files.createSymbolicLink(workspace.resolve("to-fifo"), Path.of("fifo"));
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                FileGuest guest = FileGuest.mounting(workspace)) {
            socket.bind(UnixDomainSocketAddress.of(workspace.resolve("socket")));
            Set<String> special = new TreeSet<>(List.of("fifo", "socket"));
            if (device) {
                special.add("zero");
            }
            for (String name : special) {
                for (int flags : new int[] {0, READ, READ | NO_FOLLOW}) {
                    assertFails(Code.ACCESS, () -> guest.open("/input/" + name, flags));
                }
                assertFails(Code.ACCESS, () -> guest.files.stat("/input/" + name, false));
                assertFails(Code.NOT_DIRECTORY, () -> guest.names("/input/" + name));
            }
            assertFails(Code.ACCESS, () -> guest.open("/input/to-fifo", READ));
            assertFails(Code.ACCESS, () -> guest.open("/input/to-device", READ));
            assertEquals(List.of("a.txt", "sub", "to-device", "to-fifo"), guest.names("/input"));
        } finally {
            // JUnit would warn of it.
            Files.delete(workspace.resolve("to-device"));
        }
    }

    @Test
    void pseudoFileSystemCannotBeMounted() {
        for (String path : List.of("/proc", "/proc/version", "/sys", "/sys/kernel")) {
            FileMount mount = FileMount.of(Path.of(path), "x");
            for (FileMount given : List.of(mount, mount.acrossFileSystems())) {
                assertPseudo(assertThrows(IllegalArgumentException.class, () -> Mounts.of(null, List.of(given))), path);
            }
        }
        assertPseudo(
                assertThrows(IllegalArgumentException.class, () -> Mounts.of(Path.of("/proc"), List.of())), "/proc");
    }

    private static void assertPseudo(IllegalArgumentException refused, String path) {
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains("pseudo file system") && message.contains(path), message);
    }

    @Test
    void pseudoFileSystemsInsideAMountAreRefused() throws Exception {
        Path root = Path.of("/");
        FileMount everything = FileMount.of(root, "x").acrossFileSystems();
        try (FileGuest guest = FileGuest.mounting(root);
                FileGuest across = FileGuest.mounting(null, everything)) {
            for (String path : List.of("proc", "proc/version", "proc/1/environ", "sys", "sys/kernel")) {
                for (String tried : List.of("/input/" + path, "/input/x/" + path)) {
                    FileGuest by = tried.startsWith("/input/x") ? across : guest;
                    assertFails(Code.ACCESS, () -> by.text(tried));
                    assertFails(Code.ACCESS, () -> by.files.stat(tried, true));
                    assertFails(Code.ACCESS, () -> by.files.readLink(tried));
                    assertThrows(GuestFileException.class, () -> by.names(tried));
                }
            }
            assertThrows(GuestFileException.class, () -> guest.text("/input/proc/self/environ"));
            assertThrows(GuestFileException.class, () -> across.text("/input/x/proc/self/mem"));
            assertTrue(guest.names("/input").contains("proc"), "the directory beneath is the mounted tree's own");
            assertTrue(across.names("/input/x/dev").contains("fd"), "what is no pseudo file system is crossed into");
            // Links that only the kernel can follow.
            assertFails(Code.LOOP, () -> across.names("/input/x/proc/self/root"));
            assertFails(Code.LOOP, () -> across.names("/input/x/proc/self/cwd"));
            assertFails(Code.ACCESS, () -> across.files.readLink("/input/x/proc/self/cwd"));
        }
    }

    @Test
    void otherFileSystemsInsideAMountAreReachedOnlyIfAsked() throws Exception {
        Path shared = Files.createTempFile(Path.of("/dev/shm"), "hyperlight4j-test", ".txt");
        try {
            Files.writeString(shared, "crossed");
            String path = "dev/shm/" + shared.getFileName();
            Path root = Path.of("/");
            try (FileGuest guest = FileGuest.mounting(
                    root,
                    FileMount.of(root, "x").acrossFileSystems(),
                    FileMount.of(Path.of("/dev/shm"), "y"),
                    FileMount.of(shared, "z"))) {
                assertFails(Code.ACCESS, () -> guest.text("/input/" + path));
                assertFails(Code.ACCESS, () -> guest.names("/input/dev/shm"));
                assertEquals("crossed", guest.text("/input/x/" + path));
                assertEquals("crossed", guest.text("/input/y/" + shared.getFileName()));
                assertEquals("crossed", guest.text("/input/z"));
            }
        } finally {
            Files.delete(shared);
        }
    }

    @Test
    void hardLinkIsAFileOfTheMount() throws Exception {
        Files.createLink(workspace.resolve("hard"), outside.resolve("secret.txt"));
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            assertEquals(SECRET, guest.text("/input/hard"));
            assertFails(Code.READ_ONLY, () -> guest.open("/input/hard", WRITE));
        }
    }

    @Test
    void mountHidesWhatIsBeneathFromItsPathButNotFromLinksElsewhere() throws Exception {
        Files.createSymbolicLink(workspace.resolve("link"), Path.of("sub/b.txt"));
        Files.createLink(workspace.resolve("hard"), workspace.resolve("sub/b.txt"));
        try (FileGuest guest = FileGuest.mounting(workspace, FileMount.of(outside, "sub"))) {
            assertEquals(List.of("secret.txt"), guest.names("/input/sub"));
            assertFails(Code.NO_ENTRY, () -> guest.text("/input/sub/b.txt"));
            assertEquals("below", guest.text("/input/link"));
            assertEquals("below", guest.text("/input/hard"));
        }
    }

    @Test
    void oddNamesAreOrdinaryNamesAndThoseThatAreNotUtf8AreLeftOut() throws Exception {
        List<String> odd = List.of(
                " ",
                "...",
                "new\nline",
                "back\\slash",
                "\u0001",
                "é",
                "e\u0301",
                "😀",
                "-rf",
                "*",
                "n".repeat(255),
                "CON");
        for (String name : odd) {
            shell("printf x > \"$1\"", name);
        }
        shell("printf secret > \"$(printf 'bad-\\377-name')\"");
        shell("printf secret > \"$(printf 'cut-\\303')\"");
        shell("printf secret > \"$(printf 'overlong-\\300\\256')\"");
        shell("ln -s \"$(printf 'bad-\\377-name')\" to-bad");
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            Set<String> expected = new HashSet<>(odd);
            expected.addAll(List.of("a.txt", "sub", "to-bad"));
            assertEquals(new TreeSet<>(expected), new TreeSet<>(guest.names("/input")));
            for (String name : odd) {
                assertEquals("x", guest.text("/input/" + name));
            }
            assertFails(Code.NO_ENTRY, () -> guest.text("/input/bad-\uFFFD-name"));
            assertFails(Code.NO_ENTRY, () -> guest.text("/input/bad-\u00FF-name"));
            assertFails(Code.ACCESS, () -> guest.files.readLink("/input/to-bad"));
            assertEquals("secret", guest.text("/input/to-bad"));
        }
    }

    @Test
    void mountWhoseNamesAreNotUtf8IsReachedByItsBytes() throws Exception {
        shell("d=\"$(printf 'bad-\\377')\"; mkdir \"$d\"; printf reached > \"$d/f\"");
        Path bad;
        try (var children = Files.list(workspace)) {
            bad = children.filter(path -> path.getFileName().toString().startsWith("bad-"))
                    .findAny()
                    .orElseThrow();
        }
        try (FileGuest guest = FileGuest.mounting(bad, FileMount.of(bad.resolve("f"), "g"))) {
            assertEquals("reached", guest.text("/input/f"));
            assertEquals("reached", guest.text("/input/g"));
        }
    }

    @Test
    void pathsThatNoFileHasAreErrors() throws Exception {
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            for (String prefix : List.of("/input/", "/output/", "/", "/input/sub/")) {
                assertFails(Code.INVALID, () -> guest.text(prefix + "a\0.txt"));
                assertFails(Code.INVALID, () -> guest.text(prefix + "\uD800"));
                assertFails(Code.NAME_TOO_LONG, () -> guest.text(prefix + "x".repeat(256)));
                assertFails(Code.NAME_TOO_LONG, () -> guest.text(prefix + "é".repeat(128)));
                assertFails(Code.NAME_TOO_LONG, () -> guest.text(prefix + "x".repeat(10_000)));
                assertFails(Code.NAME_TOO_LONG, () -> guest.text(prefix + "x/".repeat(3_000)));
                assertFails(Code.NO_ENTRY, () -> guest.text(prefix + "x/".repeat(1_000) + "y"));
            }
            for (String path : List.of("", "a.txt", "input/a.txt", "../a.txt", "C:\\input\\a.txt", "\0")) {
                assertFails(Code.INVALID, () -> guest.text(path));
            }
            assertEquals("inside", guest.text("/input/" + "sub/../".repeat(500) + "a.txt"));
        }
    }

    @Test
    void pathOfAThousandDirectoriesIsRead() throws Exception {
        shell("mkdir -p \"$1\" && printf deep > \"$1/f\"", "d/".repeat(1000));
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            assertEquals("deep", guest.text("/input/" + "d/".repeat(1000) + "f"));
            assertEquals(List.of("f"), guest.names("/input/" + "d/".repeat(1000)));
        } finally {
            shell("rm -rf d");
        }
    }

    @Test
    void mountThatGoesDuringARunIsMissingNotFatal() throws Exception {
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            int handle = guest.open("/input/a.txt", READ);
            Files.move(workspace, host.resolve("moved"));
            Files.createSymbolicLink(workspace, outside);
            assertEquals("inside", guest.text("/input/a.txt"));
            assertFails(Code.NO_ENTRY, () -> guest.text("/input/secret.txt"));
            shell(host, "rm -rf moved");
            assertFails(Code.NO_ENTRY, () -> guest.text("/input/a.txt"));
            assertFails(Code.NO_ENTRY, () -> guest.names("/input"));
            assertEquals(GuestFiles.DIRECTORY, guest.kind("/input", true));
            assertArrayEquals("inside".getBytes(UTF_8), guest.read(handle, 0, 10));
        }
        Files.delete(workspace);
    }

    @Test
    void mountThatIsGoneWhenARunBeginsIsTheProgramsError() throws Exception {
        Path file = outside.resolve("secret.txt");
        FileMount kept = FileMount.of(outside, "on/the/way");
        Mounts mounts = Mounts.of(workspace, List.of(kept, FileMount.of(workspace.resolve("sub"), "sub")));
        Files.move(workspace, host.resolve("moved"));
        try (FileGuest guest = FileGuest.of(mounts)) {
            assertMissing(guest, Code.NO_ENTRY);
            assertEquals(SECRET, guest.text("/input/on/the/way/secret.txt"));
            assertEquals(List.of("the"), guest.names("/input/on"));
        }
        Files.createSymbolicLink(workspace, outside);
        try (FileGuest guest = FileGuest.of(mounts)) {
            assertMissing(guest, Code.LOOP);
        }
        Files.delete(workspace);
        Files.move(host.resolve("moved"), workspace);
        try (FileGuest guest = FileGuest.of(mounts)) {
            assertEquals("inside", guest.text("/input/a.txt"));
            assertEquals(List.of("a.txt", "on", "sub"), guest.names("/input"));
        }
        Mounts single = Mounts.of(workspace, List.of(FileMount.of(file, "data/secret.txt")));
        shell(host, "rm -rf outside");
        try (FileGuest guest = FileGuest.of(single)) {
            assertFails(Code.NO_ENTRY, () -> guest.text("/input/data/secret.txt"));
            assertEquals(List.of(), guest.names("/input/data"));
            assertEquals("inside", guest.text("/input/a.txt"));
        }
    }

    private static void assertMissing(FileGuest guest, Code code) {
        assertFails(code, () -> guest.text("/input/a.txt"));
        assertFails(code, () -> guest.names("/input"));
        assertFails(code, () -> guest.files.stat("/input", true));
        assertFails(code, () -> guest.names("/input/sub"));
        assertFails(code, () -> guest.files.stat("/input/sub/b.txt", true));
    }

    @Test
    void impossibleMountsAreRefusedWhenTheyAreMade() throws Exception {
        Path file = workspace.resolve("a.txt");
        assertThrows(IllegalArgumentException.class, () -> Mounts.of(file, List.of()));
        assertThrows(IllegalArgumentException.class, () -> Mounts.of(host.resolve("none"), List.of()));
        FileMount mount = FileMount.of(file, "x/a");
        assertThrows(IllegalArgumentException.class, () -> Mounts.of(null, List.of(mount, mount)));
        FileMount below = FileMount.of(workspace, "x/a/b");
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> Mounts.of(null, List.of(below, mount)));
        assertTrue(String.valueOf(refused.getMessage()).contains("/input/x/a"), refused.getMessage());
    }

    @Test
    void directoryOfAHundredThousandFilesIsListedInParts() throws Exception {
        shell("mkdir many && cd many && seq -f 'file-%06.0f' 100000 | xargs touch");
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            GuestFiles.Entries first = guest.files.list("/input/many", 0);
            assertTrue(first.items().size() <= FileTree.LONGEST_PART);
            Set<String> names = new HashSet<>();
            guest.list("/input/many").forEach(entry -> assertTrue(names.add(entry.name()), entry.name()));
            assertEquals(100_000, names.size());
            // A cursor is good once, and for its own directory.
            assertFails(Code.INVALID, () -> guest.files.list("/input/sub", first.next()));
            assertFails(Code.INVALID, () -> guest.files.list("/input/many", first.next()));
            for (long cursor : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1 << 20, 1L << 32}) {
                assertFails(Code.INVALID, () -> guest.files.list("/input/many", cursor));
            }
            // Lists that are given up do not pile up: each would hold a descriptor.
            long before = openDescriptors();
            for (int i = 0; i < 80; i++) {
                guest.files.list("/input/many", 0);
            }
            assertTrue(openDescriptors() - before < 50, before + " before, " + openDescriptors() + " after");
        }
    }

    @Test
    void specialFilesAreListedInBoundedPartsWithoutACallForEach() throws Exception {
        shell("mkdir many && cd many && seq -f 'fifo-%05.0f' 20000 | xargs mkfifo && touch last");
        try (FileGuest guest = FileGuest.mounting(workspace)) {
            assertEquals(List.of("last"), guest.names("/input/many"));
        }
        AtomicInteger calls = new AtomicInteger();
        try (FileGuest guest = FileGuest.until(calls::incrementAndGet, workspace)) {
            guest.files.list("/input/many", 0);
            // One for each buffer of names at most, as FIFOs are not looked at.
            assertTrue(calls.get() <= 30, calls.get() + " steps");
        }
    }

    @Test
    void listingEndsWithItsRun() throws Exception {
        shell("mkdir many && cd many && seq -f 'file-%05.0f' 5000 | xargs touch");
        long before = openDescriptors();
        AtomicInteger steps = new AtomicInteger();
        StopCheck stop = () -> {
            if (steps.incrementAndGet() == 1_500) {
                throw new RunEndedException();
            }
        };
        try (FileGuest guest = FileGuest.until(stop, workspace)) {
            assertThrows(RunEndedException.class, () -> guest.names("/input/many"));
            assertEquals(1_500, steps.get());
        }
        assertEquals(before, openDescriptors());
    }

    @Test
    void kernelsListIsReadToItsEndWhateverItIs() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] list = new byte[random.nextInt(200)];
            random.nextBytes(list);
            for (int j = 17; j < list.length; j += 1 + random.nextInt(30)) {
                list[j] = 0;
            }
            assertTrue(LinuxFiles.names(list).size() <= list.length / 19);
        }
    }

    @Test
    void openFilesAreLimitedAndAllDescriptorsAreReturned() throws Exception {
        long before = openDescriptors();
        try (FileGuest guest = FileGuest.mounting(workspace, FileMount.of(outside, "x"))) {
            int opened = 0;
            int last = 0;
            for (int i = 0; i < 100_000; i++) {
                try {
                    last = guest.open("/input/a.txt", READ);
                    opened++;
                } catch (GuestFileException e) {
                    assertEquals(Code.QUOTA, e.code());
                }
            }
            assertEquals(SandboxFiles.MOST_OPEN, opened);
            for (int handle : new int[] {0, -1, Integer.MIN_VALUE, last + 1}) {
                assertFails(Code.BAD_DESCRIPTOR, () -> guest.read(handle, 0, 1));
                assertFails(Code.BAD_DESCRIPTOR, () -> guest.files.stat(handle));
                guest.files.close(handle);
            }
            int closed = last;
            guest.files.close(closed);
            guest.files.close(closed);
            assertFails(Code.BAD_DESCRIPTOR, () -> guest.read(closed, 0, 1));
            guest.open("/input/a.txt", READ);
            for (int i = 0; i < 1_000; i++) {
                assertFails(Code.NO_ENTRY, () -> guest.files.stat("/input/none", true));
                assertFails(Code.QUOTA, () -> guest.open("/input/sub", READ));
            }
        }
        assertEquals(before, openDescriptors());
    }

    private static long openDescriptors() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        }
    }

    private static Set<String> namesOnHost(Path directory) throws IOException {
        try (var children = Files.list(directory)) {
            Set<String> names = new HashSet<>();
            children.forEach(child -> names.add(child.getFileName().toString()));
            return names;
        }
    }

    private void shell(String script, String... arguments) throws Exception {
        shell(workspace, script, arguments);
    }

    private static void shell(Path directory, String script, String... arguments) throws Exception {
        assertTrue(shellSucceeds(directory, script, arguments), script);
    }

    private boolean shellWorks(String script) throws Exception {
        return shellSucceeds(workspace, script);
    }

    private static boolean shellSucceeds(Path directory, String script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .inheritIO()
                .start();
        return process.waitFor() == 0;
    }
}
