package io.github.hyperlight4j.internal.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.HyperlightException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot is used with what it was made from, on the kind of processor it was made on, and with nothing else. */
class SnapshotKeyTest {

    private static final String LIBRARY = System.mapLibraryName("hyperlight4j");

    @TempDir
    private Path folder;

    @BeforeEach
    void makeRuntime() throws Exception {
        Files.writeString(folder.resolve(LIBRARY), "library");
        Files.writeString(folder.resolve("python.guest"), "image");
        Checksums.write(folder);
    }

    @Test
    void keyChangesWithLibraryAndImageOnly() throws Exception {
        String key = key();
        assertTrue(key.matches("format-2-library-[0-9a-f]{32}-7-guest-[0-9a-f]{32}-5-cpu-[A-Za-z0-9-]+"), key);
        assertEquals(key, key());
        Files.writeString(folder.resolve("notes.txt"), "something else");
        assertEquals(key, key());
        Files.writeString(folder.resolve(LIBRARY), "Library");
        HyperlightException e = assertThrows(HyperlightException.class, this::key);
        assertEquals(HyperlightException.Code.NATIVE_LIBRARY, e.code());
        assertTrue(
                e.getMessage().startsWith("The native library " + folder.resolve(LIBRARY) + " is damaged: "),
                e.getMessage());
        Checksums.write(folder);
        assertNotEquals(key, key());
        Files.writeString(folder.resolve(LIBRARY), "library");
        Files.writeString(folder.resolve("python.guest"), "Image");
        Checksums.write(folder);
        assertNotEquals(key, key());
        Files.writeString(folder.resolve("python.guest"), "image");
        Checksums.write(folder);
        assertEquals(key, key());
        Files.writeString(folder.resolve("python.guest"), "another image");
        assertNotEquals(key, key(), "its size");
    }

    @Test
    void directoryNameIsShortEnoughForEveryProcessor() {
        String name = "Intel64 Family 6 Model 143 Stepping 8, GenuineIntel".repeat(10);
        assertTrue(new SnapshotKey("format 2 library " + name).directoryName().length() <= 250);
    }

    @Test
    void processorIsItsVendorFamilyAndModel() throws Exception {
        Path cpuinfo = folder.resolve("cpuinfo");
        Files.writeString(cpuinfo, """
                processor\t: 0
                vendor_id\t: GenuineIntel
                cpu family\t: 6
                model\t\t: 143
                model name\t: Some Xeon
                microcode\t: 0x2b000590

                processor\t: 1
                vendor_id\t: AnotherVendor
                """);
        assertEquals("GenuineIntel 6 143", CpuModel.describe(cpuinfo, Map.of()));
        Path missing = folder.resolve("missing");
        assertEquals("Intel64", CpuModel.describe(missing, Map.of("PROCESSOR_IDENTIFIER", "Intel64")));
        assertEquals(System.getProperty("os.arch"), CpuModel.describe(missing, Map.of()));
    }

    @Test
    void folderIsTheOneThatIsNamedOrInTheCache() {
        RuntimeDirectory runtime = RuntimeDirectory.find(folder);
        Properties properties = new Properties();
        properties.setProperty("user.home", "/home/u");
        assertEquals("/home/u/.cache/hyperlight4j/snapshots", own(runtime, properties, Map.of()));
        Map<String, String> cache = Map.of("XDG_CACHE_HOME", "/c");
        assertEquals("/c/hyperlight4j/snapshots", own(runtime, properties, cache));
        Map<String, String> variable = Map.of("XDG_CACHE_HOME", "/c", "HYPERLIGHT4J_SNAPSHOTS", "/v");
        assertEquals("/v", own(runtime, properties, variable));
        properties.setProperty("hyperlight4j.snapshots", "/p");
        assertEquals("/p", own(runtime, properties, variable));
        properties.setProperty("hyperlight4j.snapshots", "none");
        assertNull(SnapshotFolders.of(runtime, properties, variable).own());
        assertEquals(
                folder.resolve("snapshots").toString(),
                SnapshotFolders.of(runtime, properties, variable).shipped().toString());
        properties = new Properties();
        properties.setProperty("user.home", "?");
        assertNull(SnapshotFolders.of(runtime, properties, Map.of()).own(), "a user without a home");
        Map<String, String> relative = Map.of("XDG_CACHE_HOME", "cache");
        assertNull(SnapshotFolders.of(runtime, properties, relative).own(), "not below the working directory");
    }

    private static String own(RuntimeDirectory runtime, Properties properties, Map<String, String> environment) {
        return Objects.requireNonNull(
                        SnapshotFolders.of(runtime, properties, environment).own())
                .toString();
    }

    private String key() {
        return SnapshotKey.of(RuntimeDirectory.find(folder)).directoryName();
    }
}
