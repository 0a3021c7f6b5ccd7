package io.github.hyperlight4j.codeact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.codeact.opentelemetry.CodeActTracing;
import io.github.hyperlight4j.testing.RequiresVm;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@RequiresVm
class TracingVmTest {

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk openTelemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();

    /** What a tool traces by itself, on its own thread. */
    private final Tool lookup = Tool.of("lookup", "", () -> {
        openTelemetry.getTracer("application").spanBuilder("SELECT").startSpan().end();
        return 1;
    });

    private final Tool fail = Tool.of("fail", "", () -> {
        throw new IllegalStateException("card number 4711");
    });

    @Test
    @DisplayName(
            "traces: spans of nested tool calls are children of the execute_code span; with the parent's context, on"
                    + " whatever thread a tool runs")
    @SuppressWarnings("MustBeClosedChecker") // It is, but not in javac's eyes: nothing refers to it.
    void nesting() {
        HyperlightExecuteCodeTool tool = HyperlightExecuteCodeTool.builder()
                .tools(List.of(lookup, fail))
                .listener(CodeActTracing.of(openTelemetry))
                .build();
        Span agent = openTelemetry.getTracer("application").spanBuilder("agent").startSpan();
        Scope scope = agent.makeCurrent();
        try {
            tool.execute("call_tool('lookup')\ncall_tools([('lookup', {}), ('lookup', {})])\ncall_tool('fail')");
            assertEquals(agent, Span.current());
        } finally {
            scope.close();
            agent.end();
        }
        SpanData executeCode = only("execute_tool execute_code");
        assertEquals(agent.getSpanContext().getSpanId(), executeCode.getParentSpanId());
        List<SpanData> lookups = named("execute_tool lookup");
        List<SpanData> queries = named("SELECT");
        assertEquals(3, lookups.size());
        assertEquals(3, queries.size());
        lookups.forEach(span -> assertEquals(executeCode.getSpanId(), span.getParentSpanId()));
        List<String> lookupIds =
                lookups.stream().map(SpanData::getSpanId).sorted().toList();
        assertEquals(
                lookupIds,
                queries.stream().map(SpanData::getParentSpanId).sorted().toList());
        SpanData failed = only("execute_tool fail");
        assertEquals(executeCode.getSpanId(), failed.getParentSpanId());
        assertEquals(StatusCode.ERROR, failed.getStatus().getStatusCode());
        assertEquals(StatusCode.ERROR, executeCode.getStatus().getStatusCode());
        assertEquals("python_error", executeCode.getAttributes().get(AttributeKey.stringKey("hyperlight4j.outcome")));
        assertEquals(4L, executeCode.getAttributes().get(AttributeKey.longKey("hyperlight4j.tool_calls")));
        assertFalse(spans.getFinishedSpanItems().toString().contains("4711"), "content is not recorded unasked");
        assertFalse(spans.getFinishedSpanItems().toString().contains("call_tool"), "content is not recorded unasked");
    }

    @Test
    void contentIsRecordedOnlyOnRequest() {
        HyperlightExecuteCodeTool.builder()
                .tool(lookup)
                .listener(CodeActTracing.of(openTelemetry).withContent())
                .build()
                .execute("print(call_tool('lookup'))");
        SpanData span = only("execute_tool execute_code");
        assertEquals(
                "print(call_tool('lookup'))",
                span.getAttributes().get(AttributeKey.stringKey("gen_ai.tool.call.arguments")));
        assertEquals("1\n", span.getAttributes().get(AttributeKey.stringKey("gen_ai.tool.call.result")));
    }

    @Test
    void aPlainListenerHearsOfEverythingAndOneThatThrowsHarmsNothing() {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        CodeActListener broken = new CodeActListener() {
            @Override
            public void executionStarted(Execution execution) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void toolCallEnded(ToolCall call) {
                throw new AssertionError("broken");
            }
        };
        CodeResult result = HyperlightExecuteCodeTool.builder()
                .tools(List.of(lookup, fail))
                .listener(broken)
                .listener(new CodeActListener() {
                    @Override
                    public void executionStarted(Execution execution) {
                        heard.add("started");
                    }

                    @Override
                    public void toolCallStarted(ToolCall call) {
                        heard.add("tool " + call.tool().name() + call.arguments());
                    }

                    @Override
                    public void toolCallEnded(ToolCall call) {
                        heard.add("tool ended");
                    }

                    @Override
                    public void toolCallFailed(ToolCall call, Throwable failure) {
                        heard.add("tool failed: " + failure.getMessage());
                    }

                    @Override
                    public void executionEnded(Execution execution, CodeResult ended) {
                        heard.add("ended " + ended.isSuccess());
                    }
                })
                .build()
                .execute("print(call_tool('lookup'))\ncall_tool('fail')");
        assertEquals(new Content.Text("1\n"), result.contents().getFirst());
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

    private SpanData only(String name) {
        List<SpanData> found = named(name);
        assertEquals(1, found.size(), name);
        return found.getFirst();
    }

    private List<SpanData> named(String name) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }
}
