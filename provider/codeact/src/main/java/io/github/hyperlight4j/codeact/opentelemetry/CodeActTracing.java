package io.github.hyperlight4j.codeact.opentelemetry;

import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.codeact.CodeActListener;
import io.github.hyperlight4j.codeact.CodeResult;
import io.github.hyperlight4j.codeact.Content;
import io.github.hyperlight4j.codeact.Execution;
import io.github.hyperlight4j.codeact.ToolCall;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Spans through OpenTelemetry: one for each execution of code, a child of the span that is current where
 * {@code execute} is called, and below it one for each tool call. A tool runs on another thread; its span is current
 * there, so what the tool itself traces is below it too.
 *
 * {@snippet :
 * HyperlightCodeActProvider codeAct = HyperlightCodeActProvider.builder()
 *         .tools(Tools.of(new Shop()))
 *         .listener(CodeActTracing.of(openTelemetry))
 *         .build();
 * }
 *
 * <p>Names and attributes are those of OpenTelemetry's conventions for generative AI: {@code execute_tool execute_code},
 * {@code gen_ai.tool.name} and so on. Code, arguments and output are recorded only if {@link #withContent()} says so, for
 * they may hold what is not meant for a tracing system.
 *
 * <p>Needs {@code io.opentelemetry:opentelemetry-api}, which this library does not bring; nothing else here does.
 */
public final class CodeActTracing implements CodeActListener {

    private static final String SCOPE = "io.github.hyperlight4j.codeact";

    private static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
    private static final AttributeKey<String> TOOL_NAME = AttributeKey.stringKey("gen_ai.tool.name");
    private static final AttributeKey<String> TOOL_TYPE = AttributeKey.stringKey("gen_ai.tool.type");
    private static final AttributeKey<String> ARGUMENTS = AttributeKey.stringKey("gen_ai.tool.call.arguments");
    private static final AttributeKey<String> RESULT = AttributeKey.stringKey("gen_ai.tool.call.result");
    private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("hyperlight4j.outcome");
    private static final AttributeKey<Long> TOOL_CALLS = AttributeKey.longKey("hyperlight4j.tool_calls");
    private static final AttributeKey<Long> OUTPUT_FILES = AttributeKey.longKey("hyperlight4j.output_files");

    /** A span that has begun, with the context in which it is current, and how to end that on the same thread. */
    private record Current(Span span, Context context, Scope scope) {}

    private final Tracer tracer;
    private final boolean content;
    private final Map<Execution, Current> executions = new ConcurrentHashMap<>();
    private final Map<ToolCall, Current> toolCalls = new ConcurrentHashMap<>();

    private CodeActTracing(Tracer tracer, boolean content) {
        this.tracer = tracer;
        this.content = content;
    }

    /**
     * Returns a listener that makes spans.
     *
     * @param openTelemetry whose tracer makes them
     * @return the listener
     */
    @SuppressWarnings("exports") // Who calls this has OpenTelemetry; for the others it is optional.
    public static CodeActTracing of(OpenTelemetry openTelemetry) {
        return new CodeActTracing(openTelemetry.getTracer(SCOPE), false);
    }

    /** Returns a listener that also records code, arguments and what was printed. */
    public CodeActTracing withContent() {
        return new CodeActTracing(tracer, true);
    }

    @Override
    public void executionStarted(Execution execution) {
        executions.put(execution, begin("execute_code", execution.code(), Context.current()));
    }

    @Override
    public void executionEnded(Execution execution, CodeResult result) {
        Current current = executions.remove(execution);
        if (current == null) {
            return;
        }
        Span span = current.span;
        result.run().ifPresent(run -> {
            span.setAttribute(OUTCOME, outcome(run.outcome()));
            span.setAttribute(TOOL_CALLS, run.toolCalls());
        });
        span.setAttribute(
                OUTPUT_FILES,
                result.contents().stream()
                        .filter(Content.File.class::isInstance)
                        .count());
        if (content) {
            span.setAttribute(RESULT, result.text());
        }
        if (!result.isSuccess()) {
            span.setAttribute(
                    ERROR_TYPE, result.run().map(CodeActTracing::errorType).orElse("not_run"));
            span.setStatus(StatusCode.ERROR, content ? failure(result) : "");
        }
        end(current);
    }

    @Override
    public void executionFailed(Execution execution, Throwable failure) {
        fail(executions.remove(execution), failure);
    }

    @Override
    public void executionRefused(Execution execution, String reason) {
        Span span = builder("execute_code").setParent(Context.current()).startSpan();
        if (content) {
            span.setAttribute(ARGUMENTS, execution.code());
        }
        span.setAttribute(ERROR_TYPE, "approval_refused");
        span.setStatus(StatusCode.ERROR, content ? reason : "");
        span.end();
    }

    @Override
    public void toolCallStarted(ToolCall call) {
        Current execution = executions.get(call.execution());
        // A tool that begins when its execution has just ended has nothing to be below.
        if (execution != null) {
            toolCalls.put(call, begin(call.tool().name(), call.arguments().toJson(), execution.context));
        }
    }

    @Override
    public void toolCallEnded(ToolCall call) {
        Current current = toolCalls.remove(call);
        if (current != null) {
            end(current);
        }
    }

    @Override
    public void toolCallFailed(ToolCall call, Throwable failure) {
        fail(toolCalls.remove(call), failure);
    }

    @SuppressWarnings("MustBeClosedChecker") // end() closes it, on the same thread.
    private Current begin(String tool, String arguments, Context parent) {
        Span span = builder(tool).setParent(parent).startSpan();
        if (content) {
            span.setAttribute(ARGUMENTS, arguments);
        }
        Context context = parent.with(span);
        return new Current(span, context, context.makeCurrent());
    }

    private SpanBuilder builder(String tool) {
        return tracer.spanBuilder("execute_tool " + tool)
                .setSpanKind(SpanKind.INTERNAL)
                .setAttribute(OPERATION, "execute_tool")
                .setAttribute(TOOL_NAME, tool)
                .setAttribute(TOOL_TYPE, "function");
    }

    private void fail(@Nullable Current current, Throwable failure) {
        if (current == null) {
            return;
        }
        current.span.setAttribute(ERROR_TYPE, failure.getClass().getName());
        current.span.setStatus(StatusCode.ERROR, "");
        if (content) {
            current.span.recordException(failure);
        }
        end(current);
    }

    private static void end(Current current) {
        current.scope.close();
        current.span.end();
    }

    private static String failure(CodeResult result) {
        return result.contents().getLast() instanceof Content.Failure failure ? failure.details() : "";
    }

    private static String errorType(RunResult run) {
        return run.outcome() instanceof Outcome.PythonError error ? error.type() : outcome(run.outcome());
    }

    private static String outcome(Outcome outcome) {
        return outcome instanceof Outcome.Completed completed && completed.exitCode() != 0
                ? "exit_code"
                : outcome.label();
    }
}
