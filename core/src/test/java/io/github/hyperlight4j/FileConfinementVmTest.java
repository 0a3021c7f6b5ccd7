package io.github.hyperlight4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.RequiresVm;
import io.github.hyperlight4j.testing.SwapRace;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that tries to get out of its mounts, {@code confinement.py}, against the host's own file system. */
@RequiresVm
@Timeout(600)
class FileConfinementVmTest {

    private static final String SECRET = "the secret outside";

    @TempDir
    private Path host;

    private Path workspace;
    private Path outside;
    private final Attacked attacked = new Attacked();

    /** What a walk of {@code /input} meets there, and the first bytes of it or the error. */
    private final Map<String, String> expected = new TreeMap<>();

    @BeforeEach
    void makeFiles() throws Exception {
        workspace = Files.createDirectories(host.resolve("workspace"));
        outside = Files.createDirectories(host.resolve("outside"));
        for (String directory : List.of("outside/deeper", "workspace/sub", "other", "going", "single")) {
            Files.createDirectories(host.resolve(directory));
        }
        Files.writeString(outside.resolve("secret.txt"), SECRET);
        Files.writeString(outside.resolve("linked.txt"), "linked");
        Files.createLink(file("hard", "linked"), outside.resolve("linked.txt"));
        Files.writeString(file("shrinks", "s".repeat(100)), "s".repeat(3 << 20));
        write("a.txt", "inside");
        write("sub/b.txt", "below");
        write("victim/secret.txt", "harmless");
        write("Case.txt", "upper");
        write("é", "composed");
        write("new\nline", "lines");
        write("back\\slash", "slashed");
        write("...", "dots");
        write("n".repeat(255), "longest".substring(1));
        write("d/".repeat(1000) + "f", "deep");
        writeMounted("other", "m.txt", "other");
        writeMounted("going", "g.txt", "going");
        Files.writeString(host.resolve("single/single.txt"), "single");
        expected.put("/input/single.txt", "single");
        makeLinks();
        shell("mkfifo fifo");
        shell("printf secret > \"$(printf 'bad-\\377')\"; printf secret > \"$(printf 'cut-\\303')\"");
    }

    private void makeLinks() throws IOException {
        link("to-a", "a.txt", "inside");
        link("sub/up", "../a.txt", "inside");
        link("out", "../outside/secret.txt", "EACCES");
        link("out-absolute", outside + "/secret.txt", "EACCES");
        link("inside-absolute", workspace + "/a.txt", "EACCES");
        link("out-and-back", "../workspace/a.txt", "EACCES");
        link("sub/out", "../../outside/secret.txt", "EACCES");
        link("chain", "folder/secret.txt", "EACCES");
        link("loop", "loop", "ELOOP");
        link("dangling", "nothing", "ENOENT");
        link("to-other", "other/m.txt", "ENOENT");
        link("to-fifo", "fifo", "EACCES");
        link("to-device", "/dev/zero", "EACCES");
        // That these are directories, a walk is not told.
        link("folder", "../outside", "EACCES");
        link("sub/folder", "../../outside", "EACCES");
        Files.createSymbolicLink(host.resolve("other/back"), Path.of("../workspace/a.txt"));
        expected.put("/input/other/back", "EACCES");
    }

    /** A file of the workspace that a walk is to meet. */
    private Path file(String path, String content) throws IOException {
        expected.put("/input/" + path, content);
        Path file = workspace.resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        return file;
    }

    private void write(String path, String content) throws IOException {
        Files.writeString(file(path, content), content);
    }

    private void writeMounted(String directory, String name, String content) throws IOException {
        Files.writeString(host.resolve(directory).resolve(name), content);
        expected.put("/input/" + directory + "/" + name, content);
    }

    private void link(String path, String target, String met) throws IOException {
        Files.createSymbolicLink(file(path, met), Path.of(target));
    }

    /** JUnit deletes neither links that lead out nor a thousand directories in each other without complaint. */
    @AfterEach
    void deleteFiles() throws Exception {
        shell("rm -rf ../kept ../workspace/*");
    }

    /** What the host does while the program runs. */
    final class Attacked {

        private @Nullable SwapRace race;
        private Map<String, String> seen = Map.of();
        private List<String> special = List.of();

        @ToolFunction("Tells what an attacker may have guessed.")
        String host_folder() {
            return host.toString();
        }

        @ToolFunction("Tells what can be opened on the host and not in the sandbox.")
        List<String> special_files() {
            return special;
        }

        @ToolFunction("Takes what a walk met.")
        void seen(List<List<String>> files) {
            seen = files.stream().collect(Collectors.toUnmodifiableMap(List::getFirst, List::getLast));
        }

        @ToolFunction("Makes links that lead out of a directory and a mounted file.")
        void swap() throws IOException {
            Files.move(workspace.resolve("victim"), workspace.resolve("parked"));
            Files.createSymbolicLink(workspace.resolve("victim"), outside);
            Files.move(host.resolve("single/single.txt"), host.resolve("single/parked"));
            Files.createSymbolicLink(host.resolve("single/single.txt"), outside.resolve("secret.txt"));
        }

        @ToolFunction("Puts them back.")
        void swap_back() throws IOException {
            Files.delete(workspace.resolve("victim"));
            Files.move(workspace.resolve("parked"), workspace.resolve("victim"));
            Files.move(
                    host.resolve("single/parked"),
                    host.resolve("single/single.txt"),
                    StandardCopyOption.REPLACE_EXISTING);
        }

        @ToolFunction("Swaps a directory for such a link and back, until it is to end.")
        void begin_race() throws IOException {
            Path link = Files.createSymbolicLink(host.resolve("link"), outside);
            race = new SwapRace(workspace.resolve("victim"), workspace.resolve("parked"), link);
        }

        @ToolFunction("Ends it.")
        void end_race() throws InterruptedException {
            Objects.requireNonNull(race).end();
        }

        @ToolFunction("Puts a link that leads out in a mount's place.")
        void replace_mount() throws IOException {
            Files.move(host.resolve("going"), host.resolve("gone"));
            Files.createSymbolicLink(host.resolve("going"), outside);
        }

        @ToolFunction("Deletes what was mounted.")
        void delete_mount() throws IOException {
            Files.delete(host.resolve("gone/g.txt"));
            Files.delete(host.resolve("gone"));
            Files.delete(host.resolve("going"));
        }

        @ToolFunction("Makes a file shorter.")
        void shrink() throws IOException {
            try (FileChannel file = FileChannel.open(workspace.resolve("shrinks"), StandardOpenOption.WRITE)) {
                file.truncate(0);
            }
        }
    }

    @Test
    void whateverAProgramTriesIsItsOwnErrorOrExactlyWhatWasMounted() throws Exception {
        SandboxConfig.Builder config = SandboxConfig.builder()
                .workspace(workspace)
                .fileMount(FileMount.of(host.resolve("other"), "other"))
                .fileMount(FileMount.of(host.resolve("going"), "going"))
                .fileMount(FileMount.of(host.resolve("single/single.txt"), "single.txt"))
                .fileMount(FileMount.of(Path.of("/dev"), "devices"))
                .tools(Tools.of(attacked))
                .limits(Programs.lasting(Duration.ofMinutes(8)));
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Sandbox sandbox = Sandbox.of(config.build())) {
            socket.bind(UnixDomainSocketAddress.of(workspace.resolve("socket")));
            attacked.special = specialFiles();
            Programs.output(sandbox, "open('/input/a.txt').close()");
            Map<String, String> before = outsideAsItIs();
            long descriptors = openDescriptors();
            RunResult result = sandbox.run(program());
            assertEquals(new Outcome.Completed(0), result.outcome(), result::toString);
            assertNull(Objects.requireNonNull(attacked.race).failure());
            assertEquals(expected, new TreeMap<>(attacked.seen));
            assertFalse(result.stdout().contains(host.toString()), result.stdout());
            assertEquals(before, outsideAsItIs());
            // It left some 250 files open.
            assertTrue(openDescriptors() - descriptors < 50, descriptors + " before, " + openDescriptors() + " after");
            assertKept(result.outputFiles());
        }
    }

    @Test
    void pseudoFileSystemsOfAMountedRootAreNotServed() {
        SandboxConfig config = SandboxConfig.builder()
                .workspace(Path.of("/"))
                .fileMount(FileMount.of(Path.of("/"), "across").acrossFileSystems())
                .limits(Programs.lasting(Duration.ofMinutes(2)))
                .build();
        try (Sandbox sandbox = Sandbox.of(config)) {
            assertEquals("done\n", Programs.output(sandbox, """
                    import os
                    for root in '/input', '/input/across':
                        for name in ('proc', 'proc/version', 'proc/self/environ', 'proc/self/mem', 'proc/1/maps', 'sys',
                                     'sys/kernel/mm/transparent_hugepage/enabled'):
                            path = f'{root}/{name}'
                            for attempt in os.listdir, os.stat, lambda path: open(path, 'rb').read(100):
                                try:
                                    got = attempt(path)
                                except OSError:
                                    pass
                                else:
                                    assert not got, (path, got)
                        assert os.listdir(f'{root}/etc')
                    print('done')
                    """));
        }
    }

    private static String program() throws IOException {
        try (InputStream source = FileConfinementVmTest.class.getResourceAsStream("confinement.py")) {
            return new String(Objects.requireNonNull(source).readAllBytes(), UTF_8);
        }
    }

    /** A device of the test's own, which takes a privileged user, and the host's, which need not have all of these. */
    private List<String> specialFiles() throws Exception {
        List<String> special = new ArrayList<>(List.of("fifo", "socket"));
        if (shellSucceeds("mknod device c 1 5 2> /dev/null")) {
            special.add("device");
        }
        for (String name : List.of("null", "zero", "full", "tty")) {
            if (Files.exists(Path.of("/dev", name))) {
                special.add("devices/" + name);
            }
        }
        return special;
    }

    private Map<String, String> outsideAsItIs() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(outside)) {
            for (Path path : all.toList()) {
                String content = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Files.readString(path) : "";
                files.put(path + " " + Files.getLastModifiedTime(path), content);
            }
        }
        return files;
    }

    /** What was written comes back under its own name, and lands in the directory that the application copies it into. */
    private void assertKept(List<OutputFile> files) throws IOException {
        List<String> names = List.of(
                "new\nline",
                "..\\..\\back",
                "C:\\x",
                " ",
                "...",
                "A",
                "a",
                "é",
                "e\u0301",
                "n".repeat(255),
                "-rf",
                "*",
                "deep/" + "d/".repeat(1000) + "f");
        assertEquals(
                names.stream().sorted().toList(),
                files.stream().map(OutputFile::path).toList());
        Path kept = Files.createDirectories(host.resolve("kept"));
        for (OutputFile file : files) {
            String text = file.path().startsWith("deep/") ? "deep" : file.path();
            assertArrayEquals(text.getBytes(UTF_8), file.bytes());
            Path copy = file.copyInto(kept);
            assertTrue(copy.toRealPath().startsWith(kept.toRealPath()), copy.toString());
            assertEquals(text, Files.readString(copy));
        }
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        }
    }

    private void shell(String script) throws Exception {
        assertTrue(shellSucceeds(script), script);
    }

    private boolean shellSucceeds(String script) throws Exception {
        return new ProcessBuilder(Arrays.asList("sh", "-c", script))
                        .directory(workspace.toFile())
                        .inheritIO()
                        .start()
                        .waitFor()
                == 0;
    }
}
