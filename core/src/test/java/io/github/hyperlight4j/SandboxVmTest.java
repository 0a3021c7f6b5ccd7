package io.github.hyperlight4j;

import static io.github.hyperlight4j.Programs.output;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.internal.snapshot.RuntimeDirectory;
import io.github.hyperlight4j.testing.RequiresVm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sandboxes and guests: several at once, misuse, and their ends. */
@RequiresVm
class SandboxVmTest {

    @Test
    void sandboxesInSeveralThreadsDoNotMeet() throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<String>> outputs = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int number = i;
                outputs.add(threads.submit(() -> {
                    StringBuilder output = new StringBuilder();
                    try (Sandbox sandbox = Sandbox.of(SandboxConfig.builder()
                            .tool(Tool.of("number", "", () -> number))
                            .build())) {
                        for (int run = 0; run < 5; run++) {
                            output.append(output(sandbox, "print(call_tool('number'), end='')"));
                        }
                    }
                    return output.toString();
                }));
            }
            for (int i = 0; i < 4; i++) {
                assertEquals(String.valueOf(i).repeat(5), outputs.get(i).get());
            }
        }
    }

    @Test
    void oneSandboxServesSeveralThreadsInTurn() throws InterruptedException, ExecutionException {
        try (Sandbox sandbox = Sandbox.builder().build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> outputs = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String code = "print(" + i + ")";
                outputs.add(threads.submit(() -> output(sandbox, code)));
            }
            for (int i = 0; i < 6; i++) {
                assertEquals(i + "\n", outputs.get(i).get());
            }
        }
    }

    @Test
    void badProgramsAreRefusedAndTheSandboxGoesOn() {
        try (Sandbox sandbox = Sandbox.builder().build()) {
            assertThrows(NullPointerException.class, () -> sandbox.run(null));
            assertThrows(IllegalArgumentException.class, () -> sandbox.run("a\0b"));
            assertThrows(IllegalArgumentException.class, () -> sandbox.run("'\uD800'"));
            assertThrows(IllegalArgumentException.class, () -> sandbox.run(" ".repeat((10 << 20) + 1)));
            assertEquals("ok\n", output(sandbox, "print('ok')"));
        }
    }

    @Test
    void tenMebibytesOfCodeRun() {
        try (Sandbox sandbox = Sandbox.builder().build()) {
            String line = "# " + "x".repeat(97) + "\n";
            String code = line.repeat((10 << 20) / line.length() - 1) + "print('end')\n";
            assertEquals("end\n", output(sandbox, code));
        }
    }

    @Test
    void guestThatIsDamagedLeavesOthersAlone(@TempDir Path folder) throws IOException {
        Path built = RuntimeDirectory.find(null).path();
        String library = System.mapLibraryName("hyperlight4j");
        Files.createSymbolicLink(folder.resolve(library), built.resolve(library));
        Files.copy(built.resolve("SHA256SUMS"), folder.resolve("SHA256SUMS"));
        System.setProperty("hyperlight4j.snapshots", "none"); // Otherwise a kept snapshot stands in for the image.
        try (Sandbox sandbox = Sandbox.builder().build()) {
            Path image = folder.resolve("python.guest");
            assertGuestImage("is missing", folder);
            Files.writeString(image, "not an image");
            assertGuestImage("is damaged", folder);
            byte[] bytes = Files.readAllBytes(built.resolve("python.guest"));
            bytes[bytes.length / 2] ^= 1;
            Files.write(image, bytes);
            assertGuestImage("is damaged", folder);
            assertEquals("ok\n", output(sandbox, "print('ok')"));
        } finally {
            System.clearProperty("hyperlight4j.snapshots");
        }
    }

    @Test
    void closedSnapshotLeavesItsSandboxesAlone() {
        Snapshot snapshot = Snapshot.load();
        try (Sandbox sandbox = Sandbox.builder().snapshot(snapshot).build()) {
            snapshot.close();
            snapshot.close();
            assertEquals("a\n", output(sandbox, "print('a')"));
            assertEquals("b\n", output(sandbox, "print('b')"));
            Sandbox.Builder builder = Sandbox.builder().snapshot(snapshot);
            assertEquals(
                    "The snapshot is closed",
                    assertThrows(IllegalStateException.class, builder::build).getMessage());
        }
    }

    private static void assertGuestImage(String problem, Path folder) {
        HyperlightException e = assertThrows(HyperlightException.class, () -> Snapshot.load(folder));
        assertEquals(HyperlightException.Code.GUEST_IMAGE, e.code());
        assertTrue(e.getMessage().contains(problem), e.getMessage());
    }
}
