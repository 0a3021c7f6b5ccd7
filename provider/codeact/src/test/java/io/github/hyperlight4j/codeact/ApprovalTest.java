package io.github.hyperlight4j.codeact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.Tools;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

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

    private static CodeResult execute(@Nullable ApprovalHook hook) {
        HyperlightExecuteCodeTool.Builder builder =
                HyperlightExecuteCodeTool.builder().tools(Tools.of(new Shop.Till()));
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
