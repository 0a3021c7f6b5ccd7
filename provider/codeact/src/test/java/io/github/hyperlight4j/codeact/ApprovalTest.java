package io.github.hyperlight4j.codeact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.FileMount;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Tools;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Code that is not approved never reaches a micro-VM, so these need none: had it, they would fail for want of one. */
class ApprovalTest {

    @Test
    void theHookGetsTheWholeCodeAndTheToolsAndItsReasonReachesTheModel() {
        List<ApprovalRequest> asked = new ArrayList<>();
        CodeResult result = execute(request -> {
            asked.add(request);
            return ApprovalDecision.refuse("refunds are for humans");
        });
        assertEquals(1, asked.size());
        assertEquals("a = 1\ncall_tool('refund', amount=a)", asked.getFirst().code());
        assertEquals("refund", asked.getFirst().tools().getFirst().name());
        assertNotRun("approval was refused: refunds are for humans. Nothing was executed.", result);
    }

    @Test
    void withoutAHookNothingRunsThatNeedsApproval() {
        assertNotRun("nobody is there to give it", execute(null));
    }

    @Test
    void aHookThatThrowsRefuses() {
        CodeResult result = execute(request -> {
            throw new IllegalStateException("the approval service at 10.0.0.7 is down");
        });
        assertNotRun("asking for it failed", result);
        assertFalse(result.text().contains("10.0.0.7"), "what the host's own failure says is not the model's to read");
    }

    @Test
    void aHookThatThrowsAnErrorOrReturnsNothingRefuses() {
        assertNotRun("asking for it failed", execute(request -> {
            throw new AssertionError("no");
        }));
        assertNotRun("asking for it failed", execute(request -> null));
    }

    @Test
    void listenersHearOfARefusalAndOfNoStart() {
        List<String> heard = new ArrayList<>();
        HyperlightExecuteCodeTool.builder()
                .approvalMode(ApprovalMode.ALWAYS_REQUIRE)
                .approvalHook(request -> ApprovalDecision.refuse("no"))
                .listener(new CodeActListener() {
                    @Override
                    public void executionStarted(Execution execution) {
                        heard.add("started");
                    }

                    @Override
                    public void executionRefused(Execution execution, String reason) {
                        heard.add("refused " + execution.code());
                    }
                })
                .build()
                .execute("1");
        assertEquals(List.of("refused 1"), heard);
    }

    @Test
    void argumentsThatAreNotTheToolsAreAnsweredWithTheRightCall() {
        HyperlightExecuteCodeTool tool = HyperlightExecuteCodeTool.builder()
                .approvalMode(ApprovalMode.ALWAYS_REQUIRE)
                .approvalHook(request -> ApprovalDecision.refuse("<" + request.code() + ">"))
                .build();
        for (String wrong : List.of("", "print(1)", "[]", "{}", "{\"python\": \"1\"}", "{\"code\": 1}", "null")) {
            assertNotRun("{\"code\": \"print(1 + 1)\"}", tool.executeArguments(wrong));
        }
        assertNotRun("<print(1)\n>", tool.executeArguments("{\"code\": \"print(1)\\n\"}"));
        // A model's habit, and never Python.
        assertNotRun("<print('```')>", tool.executeArguments("{\"code\": \"```python\\nprint('```')\\n```\"}"));
        assertNotRun("<a = '```'>", tool.execute("a = '```'"));
    }

    @Test
    void ofTwoReadingsOfTheArgumentsNoneIsExecuted() {
        List<String> asked = new ArrayList<>();
        HyperlightExecuteCodeTool tool = HyperlightExecuteCodeTool.builder()
                .approvalMode(ApprovalMode.ALWAYS_REQUIRE)
                .approvalHook(request -> {
                    asked.add(request.code());
                    return ApprovalDecision.refuse("no");
                })
                .build();
        for (String[] wrong : new String[][] {
            {"{\"code\": \"harmless()\", \"code\": \"harmful()\"}", "the argument 'code' is given twice"},
            {"{\"code\": \"1\", \"\\u0063ode\": \"2\"}", "the argument 'code' is given twice"},
            {"{\"code\": \"1\", \"language\": [1, {\"a\": 2}]}", "there is no argument 'language'"},
            {"{\"language\": \"python\", \"code\": \"1\"}", "there is no argument 'language'"},
            {"{\"code\": \"1\"} {\"code\": \"2\"}", "the arguments are more than one JSON object"},
            {"{\"code\": \"1\"", "the arguments are not JSON"},
            {"{\"code\": \"1\", \"x\\u202e\": 1}", "there is no argument 'x<U+202E>'"}
        }) {
            CodeResult result = tool.executeArguments(wrong[0]);
            assertNotRun(wrong[1], result);
            assertNotRun("{\"code\": \"print(1 + 1)\"}", result);
            assertEquals(CodeResult.Status.INVALID_ARGUMENTS, result.status());
        }
        String longName = tool.executeArguments("{\"code\": \"1\", \"" + "x".repeat(1000) + "\": 1}")
                .text();
        assertTrue(longName.length() < 300, longName);
        assertEquals(List.of(), asked);
    }

    @Test
    void reasonOfCodeThatWasNotExecutedIsAStatus() {
        assertEquals(CodeResult.Status.NO_APPROVER, execute(null).status());
        assertEquals(
                CodeResult.Status.REFUSED,
                execute(request -> ApprovalDecision.refuse("no")).status());
        assertEquals(
                CodeResult.Status.APPROVAL_FAILED,
                execute(request -> {
                            throw new IllegalStateException("down");
                        })
                        .status());
        assertEquals(CodeResult.Status.APPROVAL_FAILED, execute(request -> null).status());
    }

    @Test
    void charactersThatHideOrReorderTheCodeAreShownToTheApprover() {
        List<ApprovalRequest> asked = new ArrayList<>();
        HyperlightExecuteCodeTool tool = HyperlightExecuteCodeTool.builder()
                .approvalMode(ApprovalMode.ALWAYS_REQUIRE)
                .approvalHook(request -> {
                    asked.add(request);
                    return ApprovalDecision.refuse("no");
                })
                .build();
        String sly = "access = 'user\u202E\u2066# admin\u2069'\r\u001b[2K\u200b\uFE0F\uDB40\uDC41\uD800\u00A0end";
        tool.execute(sly);
        tool.execute("if x:\n\tprint('ü 😀 漢字')\n");
        assertEquals(sly, asked.getFirst().code());
        assertEquals(
                "access = 'user<U+202E><U+2066># admin<U+2069>'<U+000D><U+001B>[2K<U+200B><U+FE0F><U+E0041><U+D800><U+00A0>end",
                asked.getFirst().visibleCode());
        assertSame(asked.getLast().code(), asked.getLast().visibleCode());
    }

    @Test
    void approverIsToldWhatElseTheCodeCanRunAndWhoseItIs(@TempDir Path folder) {
        List<ApprovalRequest> asked = new ArrayList<>();
        HyperlightExecuteCodeTool.Builder builder = HyperlightExecuteCodeTool.builder()
                .approvalMode(ApprovalMode.ALWAYS_REQUIRE)
                .approvalHook(request -> {
                    asked.add(request);
                    return ApprovalDecision.refuse("no");
                });
        builder.build().execute("import helpers", Map.of("user", "ada"));
        SandboxConfig files =
                SandboxConfig.builder().fileMount(FileMount.of(folder, "lib")).build();
        builder.config(files).build().executeArguments("{\"code\": \"import helpers\"}", Map.of("user", "bob"));
        assertFalse(asked.getFirst().canImportFiles());
        assertTrue(asked.getLast().canImportFiles());
        assertEquals(Map.of("user", "ada"), asked.getFirst().attributes());
        assertEquals(Map.of("user", "bob"), asked.getLast().attributes());
        assertEquals(files, asked.getLast().config());
    }

    @Test
    void listenerThatAlwaysFailsDoesNotFloodTheLog() {
        Logger logger = Logger.getLogger("io.github.hyperlight4j.codeact");
        List<String> logged = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (record.getThrown() != null) {
                    logged.add(record.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        HyperlightExecuteCodeTool tool = HyperlightExecuteCodeTool.builder()
                .approvalMode(ApprovalMode.ALWAYS_REQUIRE)
                .approvalHook(request -> ApprovalDecision.refuse("no"))
                .listener(new CodeActListener() {
                    @Override
                    public void executionRefused(Execution execution, String reason) {
                        throw new IllegalStateException("expected by this test");
                    }
                })
                .build();
        logger.addHandler(handler);
        try {
            for (int i = 0; i < 100; i++) {
                assertEquals(CodeResult.Status.REFUSED, tool.execute("1").status());
            }
        } finally {
            logger.removeHandler(handler);
        }
        assertEquals(7, logged.size(), logged::toString);
    }

    private static CodeResult execute(@Nullable ApprovalHook hook) {
        HyperlightExecuteCodeTool.Builder builder =
                HyperlightExecuteCodeTool.builder().config(SandboxConfig.of(Tools.of(new Shop.Till())));
        if (hook != null) {
            builder.approvalHook(hook);
        }
        return builder.build().execute("a = 1\ncall_tool('refund', amount=a)");
    }

    private static void assertNotRun(String reason, CodeResult result) {
        assertFalse(result.isSuccess());
        assertTrue(result.run().isEmpty());
        assertEquals(1, result.contents().size());
        assertTrue(result.text().startsWith("Not executed: "), result.text());
        assertTrue(result.text().contains(reason), result.text());
    }
}
