package io.github.hyperlight4j.codeact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.hyperlight4j.HostSupport;
import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.testing.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract's line "unsupported host: creating the sandbox fails with an error that says what is missing and what to
 * do", for the tool and the provider: nothing runs the code in another way, and the model gets no result. Each in a JVM of
 * its own, since all of a process share one pool.
 */
class UnsupportedHostTest {

    @Test
    @DisplayName("unsupported host: no runtime")
    void noRuntime(@TempDir Path folder) throws Exception {
        Path missing = folder.resolve("missing");
        assertFails(
                "NATIVE_LIBRARY There is no hyperlight4j runtime at " + missing + ": scripts/build makes one; ",
                "-Dhyperlight4j.runtime=" + missing);
    }

    @Test
    @DisplayName("unsupported host: no hypervisor that works")
    void noHypervisor() throws Exception {
        HostSupport support = probe();
        assumeFalse(support.isUsable(), "this host is supported");
        assertFails(
                "UNSUPPORTED_HOST This host cannot run micro-VMs (" + support.detail() + "). "
                        + support.remedy().orElseThrow(),
                "-Dhyperlight4j.snapshots=none");
    }

    /** The program of that JVM: prints what comes of everything that executes code. */
    public static void main(String[] arguments) {
        List<String> heard = new ArrayList<>();
        CodeActListener listener = new CodeActListener() {
            @Override
            public void executionFailed(Execution execution, Throwable failure) {
                heard.add("failed");
            }

            @Override
            public void executionEnded(Execution execution, CodeResult result) {
                heard.add("ended");
            }
        };
        Tool tool = Tool.of("tool", "", () -> "result");
        SandboxConfig config = SandboxConfig.builder()
                .tool(tool)
                .interceptor(call -> {
                    heard.add("called");
                    return call.proceed();
                })
                .build();
        HyperlightExecuteCodeTool standalone = HyperlightExecuteCodeTool.builder()
                .config(config)
                .listener(listener)
                .build();
        HyperlightCodeActProvider provider = HyperlightCodeActProvider.builder()
                .config(config)
                .listener(listener)
                .build();
        for (HyperlightExecuteCodeTool each :
                List.of(standalone, provider.newRun().executeCode())) {
            heard.clear();
            try {
                System.out.println(each.execute("print(call_tool('tool'))"));
            } catch (HyperlightException e) {
                System.out.println(e.code() + " " + e.getMessage() + " " + heard);
            }
        }
    }

    private static void assertFails(String expected, String option) throws Exception {
        List<String> lines = ChildJvm.run(
                UnsupportedHostTest.class, List.of("--enable-native-access=ALL-UNNAMED", option), List.of());
        assertEquals(2, lines.size(), lines::toString);
        for (String line : lines) {
            assertTrue(line.startsWith(expected) && line.endsWith(" [failed]"), line);
        }
    }

    private static HostSupport probe() {
        try {
            return HostSupport.probe();
        } catch (HyperlightException e) {
            return abort("the runtime is not built: scripts/build");
        }
    }
}
