package io.github.hyperlight4j.internal.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the runtime folder is, and that nothing is loaded from it that another user could have put there. */
class RuntimeDirectoryTest {

    private static final String LIBRARY = System.mapLibraryName("hyperlight4j");

    @TempDir
    private Path base;

    private Path folder = Path.of("");

    private final Properties properties = new Properties();

    @BeforeEach
    void makeRuntime() throws IOException {
        properties.setProperty("user.home", "/home/a");
        folder = Files.createDirectories(base.resolve("cache").resolve("runtime"));
        Files.writeString(folder.resolve(LIBRARY), "library");
        Files.writeString(folder.resolve("python.guest"), "image");
        Checksums.write(folder);
    }

    @Test
    void propertyCountsBeforeVariableBeforeCache() {
        assertUsual("/home/a/.cache/hyperlight4j/runtime", Map.of());
        assertUsual("/cache/hyperlight4j/runtime", Map.of("XDG_CACHE_HOME", "/cache"));
        Map<String, String> environment = Map.of("XDG_CACHE_HOME", "/cache", "HYPERLIGHT4J_RUNTIME", "/variable");
        assertUsual("/variable", environment);
        properties.setProperty("hyperlight4j.runtime", "/property");
        assertUsual("/property", environment);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "", "home/a", "."})
    void nothingIsLoadedFromBelowTheWorkingDirectory(String home) {
        properties.setProperty("user.home", home);
        for (Map<String, String> environment :
                List.of(Map.<String, String>of(), Map.of("XDG_CACHE_HOME", "cache"), Map.of("XDG_CACHE_HOME", "."))) {
            HyperlightException e =
                    assertThrows(HyperlightException.class, () -> RuntimeDirectory.usual(properties, environment));
            assertEquals(Code.NATIVE_LIBRARY, e.code());
            assertTrue(e.getMessage().contains("this user has no home folder"), e.getMessage());
        }
        properties.setProperty("user.home", "/home/a");
        assertUsual("/home/a/.cache/hyperlight4j/runtime", Map.of("XDG_CACHE_HOME", "cache"));
    }

    @Test
    void namedFolderIsAnAbsolutePath() {
        Map<String, String> relative = Map.of("HYPERLIGHT4J_RUNTIME", "build/runtime");
        HyperlightException e =
                assertThrows(HyperlightException.class, () -> RuntimeDirectory.usual(properties, relative));
        assertTrue(e.getMessage().endsWith("must be an absolute path, and is: build/runtime"), e.getMessage());
    }

    @Test
    void folderThatDoesNotExistIsOneClearSentence() {
        Path missing = folder.resolve("missing");
        HyperlightException e = assertThrows(HyperlightException.class, () -> RuntimeDirectory.find(missing));
        assertEquals(Code.NATIVE_LIBRARY, e.code());
        assertTrue(e.getMessage().startsWith("There is no hyperlight4j runtime at " + missing + ": "), e.getMessage());
    }

    @Test
    void folderOrFileThatAnotherUserCanWriteIsNotUsed() throws IOException {
        assumeTrue(Files.getFileStore(base).supportsFileAttributeView("posix"));
        for (Path path : List.of(
                folder.resolve(LIBRARY),
                folder.resolve("python.guest"),
                folder.resolve("SHA256SUMS"),
                folder,
                folder.getParent())) {
            var before = Files.getPosixFilePermissions(path);
            for (String permissions : List.of("rwxrwx---", "rwx---rwx")) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
                assertNotUsed(path + " can be written by other users");
            }
            Files.setPosixFilePermissions(path, before);
            RuntimeDirectory.find(folder);
        }
    }

    @Test
    void folderOrFileOfAnotherUserIsNotUsed() throws IOException {
        for (Path path : List.of(folder.resolve(LIBRARY), folder.resolve("python.guest"), folder, folder.getParent())) {
            Object before = Files.getAttribute(path, "unix:uid");
            try {
                Files.setAttribute(path, "unix:uid", 54321);
            } catch (IOException | UnsupportedOperationException e) {
                assumeTrue(false, "only root can give a folder away");
            }
            assertNotUsed(path + " belongs to another user (54321)");
            Files.setAttribute(path, "unix:uid", before);
            RuntimeDirectory.find(folder);
        }
    }

    @Test
    void libraryBehindALinkIsUsedWhereItReallyIs() throws IOException {
        Path elsewhere = Files.createDirectory(base.resolve("elsewhere"));
        Path real = Files.move(folder.resolve(LIBRARY), elsewhere.resolve("lib.so"));
        Files.createSymbolicLink(folder.resolve(LIBRARY), real);
        assertEquals(real, RuntimeDirectory.find(folder).library());
        Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertNotUsed(elsewhere + " can be written by other users, who could replace what is in it");
    }

    @Test
    void imageAndLibraryAreAsTheyWereBuilt() throws IOException {
        assertEquals(
                folder.resolve("python.guest"), RuntimeDirectory.find(folder).intactGuestImage());
        Files.writeString(folder.resolve("python.guest"), "imagE");
        String digest = " is damaged: its SHA-256 is ";
        assertRefused(Code.GUEST_IMAGE, "The guest image " + folder.resolve("python.guest") + digest);
        Files.writeString(folder.resolve("python.guest"), "image");
        Files.writeString(folder.resolve(LIBRARY), "librarY");
        assertRefused(Code.NATIVE_LIBRARY, "The native library " + folder.resolve(LIBRARY) + digest);
    }

    @Test
    void missingFileIsNamedWithARemedy() throws IOException {
        Files.delete(folder.resolve(LIBRARY));
        HyperlightException e = assertThrows(
                HyperlightException.class, () -> RuntimeDirectory.find(folder).library());
        assertEquals(
                "The native library is missing: " + folder.resolve(LIBRARY) + ": scripts/build makes one; the system"
                        + " property hyperlight4j.runtime or the environment variable HYPERLIGHT4J_RUNTIME can name"
                        + " another folder",
                e.getMessage());
        Files.writeString(folder.resolve("SHA256SUMS"), "ba78\n");
        assertRefused(Code.GUEST_IMAGE, "The runtime at " + folder + " cannot be used: SHA256SUMS has a line");
        Files.delete(folder.resolve("SHA256SUMS"));
        assertRefused(Code.GUEST_IMAGE, "The guest image's checksum is missing: " + folder.resolve("SHA256SUMS"));
        Files.delete(folder.resolve("python.guest"));
        assertRefused(Code.GUEST_IMAGE, "The guest image is missing: " + folder.resolve("python.guest") + ": scripts");
    }

    private void assertUsual(String expected, Map<String, String> environment) {
        assertEquals(Path.of(expected), RuntimeDirectory.usual(properties, environment));
    }

    private void assertNotUsed(String reason) {
        HyperlightException e = assertThrows(HyperlightException.class, () -> RuntimeDirectory.find(folder));
        assertEquals(Code.NATIVE_LIBRARY, e.code());
        String expected = "The hyperlight4j runtime at " + folder + " is not used: " + reason;
        assertTrue(e.getMessage().startsWith(expected), e.getMessage());
    }

    private void assertRefused(Code code, String message) {
        HyperlightException e = assertThrows(
                HyperlightException.class, () -> RuntimeDirectory.find(folder).intactGuestImage());
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
    }
}
