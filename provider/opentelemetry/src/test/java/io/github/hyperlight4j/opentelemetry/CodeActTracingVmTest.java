package io.github.hyperlight4j.opentelemetry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.codeact.CodeResult;
import io.github.hyperlight4j.codeact.HyperlightExecuteCodeTool;
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
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@RequiresVm
class CodeActTracingVmTest {

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
        CodeActTracing tracing = CodeActTracing.of(openTelemetry);
        HyperlightExecuteCodeTool tool = HyperlightExecuteCodeTool.builder()
                .config(SandboxConfig.builder()
                        .tools(List.of(lookup, fail))
                        .interceptor(tracing)
                        .build())
                .listener(tracing)
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
                .config(SandboxConfig.of(List.of(lookup)))
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
    @DisplayName("error.type is from a closed set, whatever a program calls its exceptions")
    void errorTypeIsNotTheProgramsToName() {
        HyperlightExecuteCodeTool tool = HyperlightExecuteCodeTool.builder()
                .listener(CodeActTracing.of(openTelemetry))
                .build();
        tool.execute("class Card4711(Exception): pass\nraise Card4711()");
        tool.execute("int('x')");
        tool.execute("import sys; sys.exit(3)");
        assertEquals(
                List.of("python_error", "ValueError", "exit_code"),
                named("execute_tool execute_code").stream()
                        .map(span -> span.getAttributes().get(AttributeKey.stringKey("error.type")))
                        .toList());
    }

    @Test
    void deeplyNestedArgumentsLoseNoSpan() {
        Tool echo = Tool.builder("echo")
                .parameters("{\"type\":\"object\",\"properties\":{\"value\":{\"type\":\"array\"}}}")
                .handler(arguments -> 1)
                .build();
        CodeActTracing tracing = CodeActTracing.of(openTelemetry).withContent();
        CodeResult result = HyperlightExecuteCodeTool.builder()
                .config(SandboxConfig.builder().tool(echo).interceptor(tracing).build())
                .listener(tracing)
                .build()
                .execute("""
                        for levels in (400, 499, 500, 501):
                            try:
                                print(call_tool('echo', value='[' * levels + ']' * levels))
                            except RuntimeError:
                                print('refused')
                        """);
        long called = result.text().lines().filter("1"::equals).count();
        assertEquals(4, result.text().lines().count(), result.text());
        assertEquals(called, named("execute_tool echo").size(), result.text());
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
