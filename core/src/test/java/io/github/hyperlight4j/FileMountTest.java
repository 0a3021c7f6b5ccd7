package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileMountTest {

    @TempDir
    private Path host;

    @ParameterizedTest
    @CsvSource({
        "data, data",
        "data/a.csv, data/a.csv",
        "/input/data, data",
        "input/data, data",
        "'  data ', data",
        "./data//a/./b/, data/a/b",
        "data\\a.csv, data/a.csv",
        "\\input\\data, data",
        "/srv/shop, srv/shop",
        "input/input, input",
        "C:\\data, C:/data",
        "Input/data, Input/data",
        "a..b/...c, a..b/...c"
    })
    void mountPathIsNormalised(String path, String expected) {
        FileMount mount = FileMount.of(host, path);
        assertEquals(expected, mount.mountPath());
        assertEquals("/input/" + expected, mount.guestPath());
        assertEquals(mount, FileMount.of(host, mount.mountPath().equals("input") ? path : mount.guestPath()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "/",
                "\\",
                ".",
                "input",
                "/input",
                "input/",
                "/input/.",
                "..",
                "../x",
                "a/../b",
                "input/..",
                "a\\..\\b",
                "a\0b",
                "\uD800"
            })
    void mountPathThatIsNoneIsRefused(String path) {
        assertThrows(IllegalArgumentException.class, () -> FileMount.of(host, path));
    }

    @Test
    void mountPathThatAProgramCouldNotUseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> FileMount.of(host, "x".repeat(256)));
        assertThrows(IllegalArgumentException.class, () -> FileMount.of(host, "x/".repeat(2_100)));
    }

    @Test
    void shorthandIsMountedByItsOwnPath() throws IOException {
        Path file = Files.writeString(host.toRealPath().resolve("a.txt"), "x");
        FileMount mount = FileMount.of(file.toString());
        assertEquals(file, mount.hostPath());
        assertEquals("/input" + file, mount.guestPath());
        assertEquals("src", FileMount.of("src").mountPath());
        assertEquals(Path.of("src").toRealPath(), FileMount.of("src").hostPath());
        assertThrows(IllegalArgumentException.class, () -> FileMount.of("../core"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatIsMissingOrSpecialIsRefusedAndNamed() {
        assertRefused(host.resolve("none"), "does not exist");
        assertRefused(Path.of("/dev/null"), "neither a file nor a directory");
    }

    @Test
    void refusalNamesTheSettingTheAbsolutePathAndTheWayOut() {
        Path missing = Path.of("no-such-directory");
        String absolute = missing.toAbsolutePath().toString();
        assertMessage(() -> FileMount.of(missing, "data"), "file mount data", "does not exist", absolute);
        SandboxConfig.Builder config = SandboxConfig.builder().workspace(missing);
        assertMessage(config::build, "workspace", "does not exist", absolute);
        assertMessage(() -> FileMount.of("../core"), "within /input", "../core", "a path of its own");
    }

    private static void assertMessage(Executable call, String... parts) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, call).getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void mountsAreEqualIfPathsAndSettingsAre() {
        FileMount mount = FileMount.of(host, "data");
        assertEquals(mount, FileMount.of(host, "/input/data"));
        assertEquals(mount.hashCode(), FileMount.of(host, "/input/data").hashCode());
        assertNotEquals(mount, FileMount.of(host, "other"));
        assertNotEquals(mount, mount.acrossFileSystems());
        assertEquals(mount.acrossFileSystems(), mount.acrossFileSystems().acrossFileSystems());
        assertTrue(mount.acrossFileSystems().crossesFileSystems() && !mount.crossesFileSystems());
    }

    private static void assertRefused(Path path, String reason) {
        String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> FileMount.of(path, "x"))
                .getMessage());
        assertTrue(message.contains(reason) && message.contains(path.toString()), message);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void linksToWhatIsMountedAreResolvedOnce() throws IOException {
        Path real = Files.createDirectory(host.toRealPath().resolve("real"));
        Path link = Files.createSymbolicLink(host.resolve("link"), Path.of("real"));
        assertEquals(real, FileMount.of(link, "x").hostPath());
    }
}
