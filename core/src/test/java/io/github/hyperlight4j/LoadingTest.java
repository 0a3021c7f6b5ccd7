package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.hyperlight4j.bindings.hl4j_h;
import io.github.hyperlight4j.internal.snapshot.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What can be wrong with a runtime folder or a JVM: one clear sentence, and the JVM goes on. Each in a JVM of its own,
 * since a process loads the native library once.
 */
class LoadingTest {

    private static final String LIBRARY = System.mapLibraryName("hyperlight4j");
    private static final List<String> ENABLED = List.of("--enable-native-access=ALL-UNNAMED");

    @TempDir
    private Path folder;

    @Test
    void missingLibrary() throws Exception {
        assertLoads(
                "NATIVE_LIBRARY The native library is missing: " + folder.resolve(LIBRARY) + ": scripts/build", folder);
        Path missing = folder.resolve("missing");
        assertLoads("NATIVE_LIBRARY There is no hyperlight4j runtime at " + missing + ": ", missing);
    }

    @Test
    void fileThatIsNoLibrary() throws Exception {
        Files.writeString(folder.resolve(LIBRARY), "not a library");
        assertLoads("NATIVE_LIBRARY The native library " + folder.resolve(LIBRARY) + " cannot be loaded: ", folder);
    }

    @Test
    void libraryOfAnotherVersionDoesNotKeepTheRightOneOut() throws Exception {
        compile("unsigned hl4j_abi_version(void) { return 99; }");
        List<String> lines = LoadSnapshots.run(ENABLED, List.of(folder, builtRuntime(), folder));
        assertEquals(
                "NATIVE_LIBRARY The native library " + folder.resolve(LIBRARY)
                        + " does not fit these classes: its ABI version is 99, and theirs " + hl4j_h.HL4J_ABI_VERSION()
                        + "; build both from the same"
                        + " source",
                lines.get(0));
        assertGoesOn(lines.get(1));
        assertTrue(lines.get(2).startsWith("NATIVE_LIBRARY This process has loaded the native library "), lines.get(2));
    }

    @Test
    void libraryThatIsAnotherOne() throws Exception {
        compile("int something_else(void) { return 0; }");
        assertLoads(
                "NATIVE_LIBRARY " + folder.resolve(LIBRARY)
                        + " is not hyperlight4j's native library: it has no version",
                folder);
    }

    /** Another user's library ran its constructor in this process before it was refused. */
    @Test
    void nothingOfALibraryThatAnotherUserCanWriteRuns() throws Exception {
        Path ran = folder.resolve("ran");
        compile("""
                #include <stdio.h>
                __attribute__((constructor)) static void ran(void) { fclose(fopen("%s", "w")); }
                unsigned hl4j_abi_version(void) { return 99; }
                """.formatted(ran));
        Path library = folder.resolve(LIBRARY);
        Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxrwxr-x"));
        String notUsed = "NATIVE_LIBRARY The hyperlight4j runtime at " + folder + " is not used: " + library;
        assertLoads(notUsed + " can be written by other users", folder);
        Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxr-xr-x"));
        try {
            Files.setAttribute(library, "unix:uid", 54321);
            assertLoads(notUsed + " belongs to another user (54321)", folder);
            Files.setAttribute(library, "unix:uid", 0);
        } catch (IOException e) {
            assertTrue(Files.isWritable(library), "only root can give a file away: " + e);
        }
        assertTrue(Files.notExists(ran));
        assertLoads("NATIVE_LIBRARY The native library " + library + " does not fit these classes", folder);
        assertTrue(Files.exists(ran), "the library itself would have run it");
    }

    @Test
    void missingOrDamagedGuestImage() throws Exception {
        Path built = builtRuntime();
        Files.copy(built.resolve(LIBRARY), folder.resolve(LIBRARY));
        List<Path> folders = new ArrayList<>(List.of(folder));
        Path damaged = Files.createDirectory(folder.resolve("damaged"));
        Files.copy(built.resolve(LIBRARY), damaged.resolve(LIBRARY));
        Files.copy(built.resolve("SHA256SUMS"), damaged.resolve("SHA256SUMS"));
        Files.writeString(damaged.resolve("python.guest"), "not an image");
        folders.add(damaged);
        folders.add(built);
        List<String> lines = LoadSnapshots.run(ENABLED, folders);
        String missing = "GUEST_IMAGE The guest image is missing: " + folder.resolve("python.guest")
                + ": scripts/build makes one; ";
        assertTrue(lines.get(0).startsWith(missing), lines.get(0));
        String expected = "GUEST_IMAGE The guest image " + damaged.resolve("python.guest") + " is damaged: ";
        assertTrue(lines.get(1).startsWith(expected), lines.get(1));
        assertGoesOn(lines.get(2));
    }

    @Test
    void jvmThatForbidsNativeCode() throws Exception {
        assumeTrue(Runtime.version().feature() >= 24, "before Java 24, a JVM without the option forbids nothing");
        List<Path> twice = List.of(builtRuntime(), builtRuntime());
        List<String> lines = LoadSnapshots.run(List.of("--illegal-native-access=deny"), twice);
        String expected = "NATIVE_ACCESS This JVM does not let hyperlight4j call native code: start it with"
                + " --enable-native-access=ALL-UNNAMED";
        assertEquals(List.of(expected, expected), lines);
    }

    private static void assertLoads(String expected, Path runtime) throws IOException, InterruptedException {
        List<String> lines = LoadSnapshots.run(ENABLED, List.of(runtime));
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.getFirst().startsWith(expected), lines.getFirst());
    }

    /** The guest was loaded or, where there is no hypervisor, at least the library could say so. */
    private static void assertGoesOn(String line) {
        assertTrue(line.equals("loaded") || line.startsWith("UNSUPPORTED_HOST "), line);
    }

    private static Path builtRuntime() {
        try {
            Path runtime = RuntimeDirectory.find(null).path();
            if (Files.exists(runtime.resolve(LIBRARY)) && Files.exists(runtime.resolve("python.guest"))) {
                return runtime;
            }
        } catch (HyperlightException e) {
            // The same reason.
        }
        return abort("the runtime is not built: scripts/build");
    }

    private void compile(String source) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("library.c"), source);
        Process compiler;
        try {
            compiler = new ProcessBuilder(
                            "cc",
                            "-shared",
                            "-fPIC",
                            "-o",
                            folder.resolve(LIBRARY).toString(),
                            file.toString())
                    .inheritIO()
                    .start();
        } catch (IOException e) {
            abort("there is no C compiler: cc");
            return;
        }
        assertTrue(compiler.waitFor(60, TimeUnit.SECONDS) && compiler.exitValue() == 0);
    }
}
