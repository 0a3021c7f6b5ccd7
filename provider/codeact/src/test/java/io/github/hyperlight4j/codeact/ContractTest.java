package io.github.hyperlight4j.codeact;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.AllowedDomain;
import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.FileMount;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The lines of the public contract that need no micro-VM. Each test is named by the line, as the contract says it; those
 * that need one are in {@code ContractVmTest}.
 */
class ContractTest {

    private final HyperlightCodeActProvider provider =
            HyperlightCodeActProvider.builder().build();

    @Test
    @DisplayName(
            "HyperlightCodeActProvider: per agent run, gives the CodeAct instructions and a run-scoped execute_code tool;"
                    + " its own tools stay off the model's direct tool list")
    void provider() {
        provider.addTools(Tools.of(new Shop()));
        CodeActRun run = provider.newRun();
        assertAll(
                () -> assertEquals("execute_code", run.executeCode().name()),
                () -> assertEquals(run.executeCode().buildInstructions(false), run.instructions()),
                () -> assertTrue(run.instructions().contains("not offered directly"), run.instructions()),
                () -> assertFalse(run.instructions().contains("orders"), run.instructions()),
                () -> assertNotSame(run.executeCode(), provider.newRun().executeCode()));
    }

    @Test
    @DisplayName("tools on it: each with add, get, remove, clear; adding the same name replaces;"
            + " duplicate name replaces and moves last; removing an unknown name is an error")
    void tools() {
        Tool first = tool("a");
        Tool second = tool("b");
        Tool replacement = tool("a");
        provider.addTool(first);
        provider.addTools(List.of(second, replacement));
        assertEquals(List.of(second, replacement), provider.tools());
        assertSame(replacement, provider.tools().getLast());
        provider.removeTool("b");
        assertEquals(List.of(replacement), provider.tools());
        assertEquals(
                "No tool is called 'b'. There is: a.",
                assertThrows(IllegalArgumentException.class, () -> provider.removeTool("b"))
                        .getMessage());
        provider.clearTools();
        assertEquals(List.of(), provider.tools());
    }

    @Test
    @DisplayName("execute_code is never a tool of its own")
    void neverItsOwnTool() {
        // Python drops such a tool without a word. Here there cannot be one.
        assertThrows(IllegalArgumentException.class, () -> tool("execute_code"));
    }

    @Test
    @DisplayName("file mounts on it: each with add, get, remove, clear; adding the same mount path replaces;"
            + " removing an unknown mount is an error; key is the normalised mount path;"
            + " \\ becomes /, a leading input is dropped; empty, .. and the root are errors")
    void fileMounts(@TempDir Path host) throws IOException {
        FileMount old = FileMount.of(Files.writeString(host.resolve("old"), ""), "data/prices.csv");
        FileMount other = FileMount.of(host, "all");
        FileMount replacement = FileMount.of(Files.writeString(host.resolve("new"), ""), "\\input\\data\\\\prices.csv");
        provider.addFileMount(old);
        provider.addFileMounts(List.of(other, replacement));
        assertEquals(List.of(other, replacement), provider.fileMounts());
        assertEquals("/input/data/prices.csv", provider.fileMounts().getLast().guestPath());
        assertThrows(IllegalArgumentException.class, () -> provider.removeFileMount("data"));
        for (String wrong : List.of("", "/", "input", "/input/", "../x", "data/../..")) {
            assertThrows(IllegalArgumentException.class, () -> FileMount.of(host, wrong), wrong);
            assertThrows(IllegalArgumentException.class, () -> provider.removeFileMount(wrong), wrong);
        }
        provider.removeFileMount("/input/data/prices.csv");
        assertEquals(List.of(other), provider.fileMounts());
        provider.clearFileMounts();
        assertEquals(List.of(), provider.fileMounts());
    }

    @Test
    @DisplayName(
            "file_mounts: one path (shorthand: mounted under /input/ by its own path), a (host path, mount path) pair,"
                    + " or a FileMount; files or directories")
    void fileMountForms(@TempDir Path host) throws IOException {
        Path file = Files.writeString(host.resolve("f"), "");
        assertEquals("/input" + host, FileMount.of(host.toString()).guestPath());
        assertEquals("/input/x", FileMount.of(file, "x").guestPath());
        assertEquals(FileMount.of(file, "x"), FileMount.of(file, "/input/x"));
        assertThrows(IllegalArgumentException.class, () -> FileMount.of(host.resolve("none"), "x"));
    }

    @Test
    @DisplayName("workspace_root: an existing directory")
    void workspaceRoot(@TempDir Path host) throws IOException {
        Path file = Files.writeString(host.resolve("f"), "");
        for (Path wrong : List.of(file, host.resolve("none"))) {
            SandboxConfig.Builder builder = SandboxConfig.builder().workspace(wrong);
            assertThrows(IllegalArgumentException.class, builder::build);
        }
        assertTrue(HyperlightCodeActProvider.builder()
                .config(SandboxConfig.builder().workspace(host).build())
                .build()
                .newRun()
                .executeCode()
                .description()
                .contains("/input/ (the workspace)"));
    }

    @Test
    @DisplayName("allowed domains on it: each with add, get, remove, clear; adding the same target replaces;"
            + " removing an unknown domain is an error; get is sorted; lower-cased; methods upper-cased, unique, sorted;"
            + " empty is an error; a port, scheme and path given in an entry are honoured, not dropped")
    void allowedDomains() {
        provider.addAllowedDomain(AllowedDomain.of("Zebra.example.com"));
        provider.addAllowedDomains(List.of(
                AllowedDomain.of("zebra.example.com", "post", "GET", "Post"), AllowedDomain.of("api.example.com")));
        assertEquals(
                List.of("api.example.com", "zebra.example.com"),
                provider.allowedDomains().stream().map(AllowedDomain::target).toList());
        assertEquals(List.of("GET", "POST"), provider.allowedDomains().getLast().methods());
        assertThrows(IllegalArgumentException.class, () -> provider.removeAllowedDomain("other.example.com"));
        provider.removeAllowedDomain("ZEBRA.example.com");
        assertEquals(1, provider.allowedDomains().size());
        provider.clearAllowedDomains();
        assertEquals(List.of(), provider.allowedDomains());
        assertThrows(IllegalArgumentException.class, () -> AllowedDomain.of(" "));
        assertThrows(IllegalArgumentException.class, () -> AllowedDomain.of("a.example.com", List.of()));
        assertThrows(IllegalArgumentException.class, () -> AllowedDomain.of("a.example.com", ""));
        assertEquals(
                "https://a.example.com:8443/v1",
                AllowedDomain.of("HTTPS://A.example.com:8443/v1/").target());
    }

    @Test
    @DisplayName("a change affects later runs only, since a run works on its own immutable copy")
    void laterRunsOnly(@TempDir Path host) {
        provider.addTool(tool("before"));
        HyperlightExecuteCodeTool run = provider.newRun().executeCode();
        String description = run.description();
        provider.clearTools();
        provider.addTool(Tools.of(new Shop.Till()).getFirst());
        provider.addFileMount(FileMount.of(host, "late"));
        provider.addAllowedDomain(AllowedDomain.of("late.example.com"));
        assertEquals(description, run.description());
        assertEquals(
                List.of("before"), run.config().tools().stream().map(Tool::name).toList());
        assertEquals(ApprovalMode.NEVER_REQUIRE, run.approvalMode());
        String later = provider.newRun().executeCode().description();
        assertTrue(
                later.contains("refund") && later.contains("/input/late") && later.contains("late.example.com"), later);
    }

    @Test
    @DisplayName("safe to change from several threads")
    void severalThreads() throws Exception {
        // Each thread adds and removes a pair at once, so a run that sees half a pair was not a copy of one moment.
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Future<Integer>> writers = IntStream.range(0, 4)
                    .mapToObj(writer -> threads.submit(() -> {
                        int rounds = 0;
                        do {
                            provider.addTools(List.of(tool("left" + writer), tool("right" + writer)));
                            provider.removeTool("left" + writer);
                            provider.addTool(tool("left" + writer));
                            rounds++;
                        } while (!stop.get());
                        return rounds;
                    }))
                    .toList();
            for (int i = 0; i < 2000; i++) {
                List<String> names = provider.newRun().executeCode().config().tools().stream()
                        .map(Tool::name)
                        .toList();
                for (int writer = 0; writer < 4; writer++) {
                    if (names.contains("left" + writer)) {
                        assertTrue(names.contains("right" + writer), names.toString());
                    }
                }
                assertEquals(names.size(), names.stream().distinct().count(), names.toString());
            }
            stop.set(true);
            for (Future<Integer> writer : writers) {
                assertTrue(writer.get() > 0);
            }
        }
        assertEquals(8, provider.tools().size());
    }

    @Test
    @DisplayName("approval_mode: never_require or always_require; one always_require tool makes execute_code as a whole"
            + " always_require; there is no approval per call_tool")
    void approvalMode() {
        Tool refund = Tools.of(new Shop.Till()).getFirst();
        assertEquals(ApprovalMode.NEVER_REQUIRE, provider.newRun().executeCode().approvalMode());
        provider.addTools(List.of(tool("harmless"), refund));
        assertEquals(
                ApprovalMode.ALWAYS_REQUIRE, provider.newRun().executeCode().approvalMode());
        provider.removeTool("refund");
        assertEquals(ApprovalMode.NEVER_REQUIRE, provider.newRun().executeCode().approvalMode());
        assertEquals(
                ApprovalMode.ALWAYS_REQUIRE,
                HyperlightExecuteCodeTool.builder()
                        .approvalMode(ApprovalMode.ALWAYS_REQUIRE)
                        .build()
                        .approvalMode());
    }

    @Test
    @DisplayName("HyperlightExecuteCodeTool: the same tool without the provider, for direct wiring;"
            + " build_instructions(tools_visible_to_model) returns the text to add to the agent's instructions")
    void standaloneTool() {
        provider.addTools(Tools.of(new Shop()));
        HyperlightExecuteCodeTool tool = HyperlightExecuteCodeTool.builder()
                .config(SandboxConfig.of(Tools.of(new Shop())))
                .build();
        HyperlightExecuteCodeTool provided = provider.newRun().executeCode();
        assertAll(
                () -> assertEquals(provided.name(), tool.name()),
                () -> assertEquals(provided.description(), tool.description()),
                () -> assertEquals(provided.inputSchema(), tool.inputSchema()),
                () -> assertEquals(provided.buildInstructions(false), tool.buildInstructions(false)),
                () -> assertTrue(tool.buildInstructions(true).contains("also be offered directly")),
                () -> assertTrue(tool.inputSchema().contains("\"required\":[\"code\"]"), tool.inputSchema()));
    }

    @Test
    @DisplayName(
            "its description lists the registered tools with their parameters, the mounted paths and the allowed targets,"
                    + " and never a host path; one compact line a parameter: name, type, required or optional, description, allowed"
                    + " values, default; prefer one execute_code where calls combine; how to call (call_tool, keyword arguments only)")
    void description(@TempDir Path host) {
        provider.addTools(Tools.of(new Shop()));
        provider.addFileMount(FileMount.of(host, "data"));
        provider.addAllowedDomain(AllowedDomain.of("https://api.example.com/v1", "GET"));
        List<String> lines =
                provider.newRun().executeCode().description().lines().toList();
        for (String line : List.of(
                "- orders: A user's orders.",
                "  user_id (int, required): The user's id",
                "  sort (Literal[\"NEWEST\", \"OLDEST\"], optional, default \"NEWEST\")",
                "  limit (int, optional, default 10): At most so many",
                "  returns list[{'name': str, 'price': float}]",
                "- https://api.example.com/v1: GET")) {
            assertTrue(lines.contains(line), () -> line + " is not in\n" + String.join("\n", lines));
        }
        String text = String.join("\n", lines);
        assertTrue(text.contains("call_tool(\"name\", key=value") && text.contains("keyword arguments"), text);
        assertTrue(text.contains("/input/data") && !text.contains(host.toString()), text);
        assertTrue(text.contains("Combine calls in one program"), text);
    }

    @Test
    @DisplayName(
            "instructions: short, no tool names: one primary tool, one call where possible, print what should come back,"
                    + " larger things to /output/<name> (only when there are files), whether tools are also visible directly")
    void instructions(@TempDir Path host) {
        provider.addTools(Tools.of(new Shop()));
        String without = provider.newRun().instructions();
        provider.addFileMount(FileMount.of(host, "data"));
        String with = provider.newRun().instructions();
        assertAll(
                () -> assertTrue(without.contains("one primary tool, execute_code"), without),
                () -> assertTrue(without.contains("one execute_code call per request"), without),
                () -> assertTrue(without.contains("print()"), without),
                () -> assertFalse(without.contains("/output"), without),
                () -> assertTrue(with.contains("/output/<name>"), with),
                () -> assertFalse(with.contains("orders"), with));
    }

    @Test
    @DisplayName("code at most 10 MiB, one call's arguments at most 1 MiB")
    void sizes() {
        assertEquals(10 << 20, Limits.defaults().code().bytes());
        assertEquals(1 << 20, Limits.defaults().toolArguments().bytes());
    }

    private static Tool tool(String name) {
        return Tool.of(name, "A tool.", () -> null);
    }
}
