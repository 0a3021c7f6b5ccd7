package io.github.hyperlight4j.codeact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.ToolInterceptor;
import io.github.hyperlight4j.testing.RequiresVm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

@RequiresVm
class ListenersVmTest {

    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    private final Tool lookup = Tool.of("lookup", "", () -> 1);

    private final Tool fail = Tool.of("fail", "", () -> {
        throw new IllegalStateException("card number 4711");
    });

    @Test
    void listenerAndInterceptorSeeAllOfAnExecutionAndAFailingListenerDoesNoHarm() {
        CodeActListener broken = new CodeActListener() {
            @Override
            public void executionStarted(Execution execution) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void executionEnded(Execution execution, CodeResult result) {
                throw new AssertionError("broken");
            }
        };
        ToolInterceptor interceptor = call -> {
            heard.add("tool " + call.tool().name() + call.arguments());
            try {
                Object result = call.proceed();
                heard.add("tool ended");
                return result;
            } catch (Exception e) {
                heard.add("tool failed: " + e.getMessage());
                throw e;
            }
        };
        CodeResult result = HyperlightExecuteCodeTool.builder()
                .config(SandboxConfig.builder()
                        .tools(List.of(lookup, fail))
                        .interceptor(interceptor)
                        .build())
                .listener(broken)
                .listener(new CodeActListener() {
                    @Override
                    public void executionStarted(Execution execution) {
                        heard.add("started");
                    }

                    @Override
                    public void executionEnded(Execution execution, CodeResult ended) {
                        heard.add("ended " + ended.isSuccess());
                    }
                })
                .build()
                .execute("print(call_tool('lookup'))\ncall_tool('fail')");
        assertEquals(new Content.Text("1\n"), result.contents().getFirst());
        assertEquals(CodeResult.Status.FAILED, result.status());
        assertEquals(
                List.of(
                        "started",
                        "tool lookup{}",
                        "tool ended",
                        "tool fail{}",
                        "tool failed: card number 4711",
                        "ended false"),
                heard);
    }
}
