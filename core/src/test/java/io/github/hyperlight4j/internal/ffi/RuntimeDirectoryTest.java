package io.github.hyperlight4j.internal.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.HyperlightException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeDirectoryTest {

    private final Properties properties = new Properties();

    RuntimeDirectoryTest() {
        properties.setProperty("user.home", "/home/a");
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

    @Test
    void folderThatDoesNotExistIsOneClearSentence(@TempDir Path folder) {
        Path missing = folder.resolve("missing");
        HyperlightException e = assertThrows(HyperlightException.class, () -> RuntimeDirectory.find(missing));
        assertEquals(HyperlightException.Code.NATIVE_LIBRARY, e.code());
        assertTrue(e.getMessage().startsWith("There is no hyperlight4j runtime at " + missing + ": "), e.getMessage());
    }

    private void assertUsual(String expected, Map<String, String> environment) {
        assertEquals(Path.of(expected), RuntimeDirectory.usual(properties, environment));
    }
}
