package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.hyperlight4j.internal.run.RunSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxConfigTest {

    @TempDir
    private Path folder;

    @Test
    void nothingIsGivenUnlessItIsSaid() {
        SandboxConfig config = SandboxConfig.defaults();
        assertEquals(List.of(), config.tools());
        assertEquals(Optional.empty(), config.workspace());
        assertEquals(List.of(), config.fileMounts());
        assertEquals(List.of(), config.allowedDomains());
    }

    @Test
    void aBuilderGoesOnFromAConfiguration() {
        SandboxConfig config = SandboxConfig.builder()
                .tool(Tool.of("a", "", () -> 1))
                .limits(Limits.builder().toolCalls(3).build())
                .listener(new RunListener() {})
                .toolContext(() -> task -> task)
                .workspace(folder)
                .fileMount(FileMount.of(folder, "data"))
                .allowedDomain(AllowedDomain.of("example.com"))
                .http(HttpSettings.builder().concurrency(2).build())
                .build();
        SandboxConfig copy = config.toBuilder().build();
        assertEquals(config.tools(), copy.tools());
        assertEquals(config.limits(), copy.limits());
        assertEquals(config.listener(), copy.listener());
        assertEquals(Optional.of(folder), copy.workspace());
        assertEquals(config.fileMounts(), copy.fileMounts());
        assertEquals(config.allowedDomains(), copy.allowedDomains());
        assertEquals(config.http(), copy.http());
    }

    @Test
    void anEntryForTheSameTargetIsReplacedAndEntriesAreSorted() {
        SandboxConfig config = SandboxConfig.builder()
                .allowedDomain(AllowedDomain.of("b.example.com", "GET"))
                .allowedDomain(AllowedDomain.of("a.example.com"))
                .allowedDomain(AllowedDomain.of("B.example.com", "POST"))
                .build();
        assertEquals(
                List.of("a.example.com", "b.example.com"),
                config.allowedDomains().stream().map(AllowedDomain::target).toList());
        assertEquals(List.of("POST"), config.allowedDomains().get(1).methods());
    }

    @Test
    void mountsThatCannotBeTogetherAreRefused() {
        SandboxConfig.Builder twice = SandboxConfig.builder()
                .fileMount(FileMount.of(folder, "a"))
                .fileMount(FileMount.of(folder, "/input/a"));
        assertThrows(IllegalArgumentException.class, twice::build);
        SandboxConfig.Builder missing = SandboxConfig.builder().workspace(folder.resolve("missing"));
        assertThrows(IllegalArgumentException.class, missing::build);
    }

    @Test
    void toolsGetTheContextOfTheThreadThatStartsTheRun() {
        ThreadLocal<String> user = new ThreadLocal<>();
        SandboxConfig config = SandboxConfig.builder()
                .toolContext(() -> {
                    String caller = user.get();
                    return task -> () -> {
                        user.set(caller);
                        task.run();
                    };
                })
                .build();
        user.set("ada");
        RunSettings run = config.settings();
        user.remove();
        String[] seen = new String[1];
        run.toolContext().apply(() -> seen[0] = user.get()).run();
        assertEquals("ada", seen[0]);
        user.remove();
        config.settings().toolContext().apply(() -> seen[0] = user.get()).run();
        assertNull(seen[0]);
    }
}
