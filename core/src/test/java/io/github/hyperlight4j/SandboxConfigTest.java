package io.github.hyperlight4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.hyperlight4j.internal.run.RunSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
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

    @Test
    void interceptorsAreInsideTheContextTheFirstOneOutermost() throws Throwable {
        List<String> seen = new ArrayList<>();
        ThreadLocal<String> user = new ThreadLocal<>();
        user.set("ada");
        ToolInterceptor outer = new ToolInterceptor() {
            @Override
            public Object call(Call call) throws Exception {
                seen.add("outer " + call.tool().name() + call.arguments() + " " + user.get());
                return "<" + call.proceed() + ">";
            }

            @Override
            public ContextSnapshot capture() {
                String caller = user.get();
                return task -> () -> {
                    user.set(caller);
                    task.run();
                };
            }
        };
        SandboxConfig config = SandboxConfig.builder()
                .tool(Tool.of("t", "", () -> user.get()))
                .interceptor(outer)
                .interceptor(call -> {
                    seen.add("inner");
                    return call.proceed() + "!";
                })
                .build();
        RunSettings run = config.settings();
        user.set("bob");
        String[] answer = new String[1];
        run.toolContext()
                .apply(() -> answer[0] = new String(
                        Objects.requireNonNull(run.tools().find("t"))
                                .call("{}".getBytes(UTF_8), ByteSize.ofKibibytes(1))
                                .utf8(),
                        UTF_8))
                .run();
        assertEquals("\"<ada!>\"", answer[0]);
        assertEquals(List.of("outer t{} ada", "inner"), seen);
    }

    @Test
    void copyResolvesAgainOnlyWhatWasChanged() {
        SandboxConfig config = SandboxConfig.builder()
                .tool(Tool.of("a", "", () -> 1))
                .workspace(folder)
                .allowedDomain(AllowedDomain.of("example.com"))
                .interceptor(ToolInterceptor.Call::proceed)
                .build();
        SandboxConfig tools = config.withTools(List.of(Tool.of("b", "", () -> 1)));
        assertEquals(List.of("b"), tools.tools().stream().map(Tool::name).toList());
        assertEquals(config.interceptors(), tools.interceptors());
        assertSame(config.settings().mounts(), tools.settings().mounts());
        assertSame(config.settings().network(), tools.settings().network());
        SandboxConfig mounts = config.withFileMounts(List.of(FileMount.of(folder, "data")));
        assertEquals(Optional.of(folder), mounts.workspace());
        assertNotSame(config.settings().mounts(), mounts.settings().mounts());
        assertSame(config.settings().network(), mounts.settings().network());
        SandboxConfig domains = config.withAllowedDomains(List.of());
        assertEquals(List.of(), domains.allowedDomains());
        assertSame(config.settings().mounts(), domains.settings().mounts());
        assertNotSame(config.settings().network(), domains.settings().network());
    }

    @Test
    void missingSettingIsNamed() {
        assertMissing("config", () -> Sandbox.builder().config(null));
        assertMissing("config", () -> SandboxPool.builder().config(null));
        assertMissing("config", () -> Session.builder().config(null));
        assertMissing("snapshot", () -> Sandbox.builder().snapshot(null));
        assertMissing("interceptor", () -> SandboxConfig.builder().interceptor(null));
        assertMissing("listener", () -> SandboxConfig.builder().listener(null));
        assertMissing("workspace", () -> SandboxConfig.builder().workspace(null));
        assertMissing("capture", () -> SandboxConfig.builder().toolContext(null));
    }

    private static void assertMissing(String name, Executable call) {
        assertEquals(name, assertThrows(NullPointerException.class, call).getMessage());
    }
}
