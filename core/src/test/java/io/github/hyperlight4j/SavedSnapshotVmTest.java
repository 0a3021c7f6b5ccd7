package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.HyperlightException.Code;
import io.github.hyperlight4j.internal.snapshot.RuntimeDirectory;
import io.github.hyperlight4j.testing.RequiresVm;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The first process boots and keeps a snapshot, and later ones load it, whatever happens in between. */
@RequiresVm
@Timeout(600)
class SavedSnapshotVmTest {

    private static final String PROPERTY = "hyperlight4j.snapshots";

    @TempDir
    private Path folder;

    private Path snapshots = Path.of("");

    @BeforeEach
    void useAnEmptyFolder() {
        snapshots = folder.resolve("snapshots");
        System.setProperty(PROPERTY, snapshots.toString());
    }

    @AfterEach
    void useTheUsualFolder() {
        System.clearProperty(PROPERTY);
    }

    @Test
    void whatWasKeptIsLoadedWithoutBootingAndADamagedOneIsNot() throws Exception {
        assertRuns(RuntimeDirectory.find(null).path());
        Path kept = only();
        Path unbootable = unbootableRuntime(folder.resolve("unbootable"));
        for (int i = 0; i < 2; i++) {
            assertRuns(unbootable);
        }
        assertEquals(kept, only());

        try (RandomAccessFile memory = new RandomAccessFile(largest(kept).toFile(), "rw")) {
            memory.seek(memory.length() / 2);
            int old = memory.read();
            memory.seek(memory.length() / 2);
            memory.write(old ^ 1);
        }
        HyperlightException e = assertThrows(HyperlightException.class, () -> Snapshot.load(unbootable));
        assertEquals(Code.GUEST_IMAGE, e.code(), "it had to boot");
        assertRuns(RuntimeDirectory.find(null).path());
        assertRuns(unbootable);
        assertEquals(kept, only());
    }

    @Test
    void imageCanHaveOneAtBuildTime() throws Exception {
        Path runtime = unbootableRuntime(folder.resolve("runtime"));
        assertTrue(Snapshot.warm(runtime.resolve("snapshots")));
        assertFalse(Snapshot.warm(runtime.resolve("snapshots")));
        System.setProperty(PROPERTY, "none");
        assertRuns(runtime);
        assertTrue(Files.notExists(snapshots));
        HyperlightException none = assertThrows(HyperlightException.class, Snapshot::warm);
        assertEquals(Code.SNAPSHOT, none.code());
    }

    @Test
    void whereNoneCanBeKeptItRunsAllTheSame() throws Exception {
        Files.writeString(folder.resolve("file"), "no folder");
        System.setProperty(PROPERTY, folder.resolve("file").resolve("snapshots").toString());
        assertRuns(RuntimeDirectory.find(null).path());
        HyperlightException e = assertThrows(HyperlightException.class, Snapshot::warm);
        assertEquals(Code.IO, e.code());
    }

    @Test
    void processesThatStartAtOnceAndOneThatIsKilledLeaveOneThatWorks() throws Exception {
        List<String> options =
                List.of("--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-D" + PROPERTY + "=" + snapshots);
        List<Path> runtime = List.of(RuntimeDirectory.find(null).path());
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            Future<List<String>> one = threads.submit(() -> LoadSnapshots.run(options, runtime));
            Future<List<String>> two = threads.submit(() -> LoadSnapshots.run(options, runtime));
            killWhenItWrites(options, runtime);
            assertEquals(List.of("loaded"), one.get());
            assertEquals(List.of("loaded"), two.get());
        }
        assertRuns(unbootableRuntime(folder.resolve("unbootable")));
        assertEquals(1, kept().size());
    }

    /** Kills a process when there is something of a snapshot in the folder, its own or the others'. */
    private void killWhenItWrites(List<String> options, List<Path> runtime) throws Exception {
        Process process = LoadSnapshots.start(options, runtime);
        while (process.isAlive() && !Files.exists(snapshots)) {
            Thread.sleep(5);
        }
        process.destroyForcibly();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    }

    private static void assertRuns(Path runtime) {
        try (Snapshot snapshot = Snapshot.load(runtime);
                Sandbox one = Sandbox.builder().snapshot(snapshot).build();
                Sandbox two = Sandbox.builder().snapshot(snapshot).build()) {
            for (int i = 0; i < 2; i++) {
                assertEquals("45\n", Programs.output(one, "print(sum(range(10)))"));
                assertEquals("{}\n", Programs.output(two, "import json; print(json.dumps({}))"));
            }
        }
    }

    /** A runtime folder whose image is only as large as the right one: what runs from it did not boot. */
    private static Path unbootableRuntime(Path made) throws IOException {
        Path real = RuntimeDirectory.find(null).path();
        Files.createDirectory(made);
        String library = System.mapLibraryName("hyperlight4j");
        Files.createSymbolicLink(made.resolve(library), real.resolve(library));
        Files.copy(real.resolve("SHA256SUMS"), made.resolve("SHA256SUMS"));
        try (RandomAccessFile image =
                new RandomAccessFile(made.resolve("python.guest").toFile(), "rw")) {
            image.setLength(Files.size(real.resolve("python.guest")));
        }
        return made;
    }

    private Path only() throws IOException {
        List<Path> kept = kept();
        assertEquals(1, kept.size(), kept::toString);
        return kept.getFirst();
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> entries = Files.list(snapshots)) {
            return entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .toList();
        }
    }

    private static Path largest(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
    }
}
