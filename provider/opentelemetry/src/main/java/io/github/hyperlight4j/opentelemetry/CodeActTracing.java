package io.github.hyperlight4j.opentelemetry;

import io.github.hyperlight4j.ContextSnapshot;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.ToolInterceptor;
import io.github.hyperlight4j.codeact.CodeActListener;
import io.github.hyperlight4j.codeact.CodeResult;
import io.github.hyperlight4j.codeact.Content;
import io.github.hyperlight4j.codeact.Execution;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Spans through OpenTelemetry: one for each execution of code, a child of the span that is current where
 * {@code execute} is called, and below it one for each call of a tool. A tool runs on another thread; its span is current
 * there, so spans of the tool itself are below it too.
 *
 * {@snippet :
 * CodeActTracing tracing = CodeActTracing.of(openTelemetry);
 * HyperlightCodeActProvider codeAct = HyperlightCodeActProvider.builder()
 *         .config(SandboxConfig.builder()
 *                 .tools(Tools.of(new Shop()))
 *                 .interceptor(tracing)
 *                 .build())
 *         .listener(tracing)
 *         .build();
 * }
 *
 * <p>Without CodeAct, the interceptor alone makes spans of tool calls, below the span that is current where {@code run} is
 * called.
 *
 * <p>Names and attributes are those of OpenTelemetry's conventions for generative AI: {@code execute_tool execute_code},
 * {@code gen_ai.tool.name} and so on. A program's calls that reach no tool, for their name is unknown or their arguments
 * do not fit, have no span; {@code hyperlight4j.tool_calls} of the execution counts them too. {@code error.type} is an
 * outcome's {@linkplain Outcome#label() label} or a {@link CodeResult.Status}, in lower case, the name of one of Python's
 * own exceptions, or the class of a tool's exception. Code, arguments and output are recorded only with
 * {@link #withContent()}, for they may hold what is not meant for a tracing system.
 */
public final class CodeActTracing implements CodeActListener, ToolInterceptor {

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

    /** A span that is current on the thread of its execution. */
    private record Current(Span span, Scope scope) {}

    private final Tracer tracer;
    private final boolean content;
    private final Map<Execution, Current> executions = new ConcurrentHashMap<>();

    private CodeActTracing(Tracer tracer, boolean content) {
        this.tracer = tracer;
        this.content = content;
    }

    /**
     * Returns a listener and interceptor that makes spans.
     *
     * @param openTelemetry the source of the tracer
     * @return the listener and interceptor
     */
    public static CodeActTracing of(OpenTelemetry openTelemetry) {
        return new CodeActTracing(openTelemetry.getTracer(SCOPE), false);
    }

    /** Returns a copy that also records code, arguments, output and the messages of failures. */
    public CodeActTracing withContent() {
        return new CodeActTracing(tracer, true);
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // end() closes it, on the same thread.
    public void executionStarted(Execution execution) {
        Span span = begin("execute_code", execution::code);
        executions.put(execution, new Current(span, Context.current().with(span).makeCurrent()));
    }

    @Override
    public void executionEnded(Execution execution, CodeResult result) {
        end(execution, span -> {
            result.run().ifPresent(run -> {
                span.setAttribute(OUTCOME, outcome(run.outcome()));
                span.setAttribute(TOOL_CALLS, run.counts().toolCalls());
            });
            span.setAttribute(
                    OUTPUT_FILES,
                    result.contents().stream()
                            .filter(Content.File.class::isInstance)
                            .count());
            record(span, RESULT, result::text);
            if (!result.isSuccess()) {
                span.setAttribute(ERROR_TYPE, errorType(result));
                span.setStatus(StatusCode.ERROR, content ? failure(result) : "");
            }
        });
    }

    @Override
    public void executionFailed(Execution execution, Throwable failure) {
        end(execution, span -> fail(span, failure));
    }

    @Override
    public void executionRefused(Execution execution, String reason) {
        Span span = begin("execute_code", execution::code);
        span.setAttribute(ERROR_TYPE, "approval_refused");
        span.setStatus(StatusCode.ERROR, content ? reason : "");
        span.end();
    }

    @Override
    public ContextSnapshot capture() {
        return Context.current()::wrap;
    }

    @Override
    public @Nullable Object call(Call call) throws Exception {
        Span span = begin(call.tool().name(), call.arguments()::toJson);
        try (Scope _ = span.makeCurrent()) {
            return call.proceed();
        } catch (Throwable e) {
            fail(span, e);
            throw e;
        } finally {
            span.end();
        }
    }

    private Span begin(String tool, Supplier<String> arguments) {
        SpanBuilder builder = tracer.spanBuilder("execute_tool " + tool)
                .setSpanKind(SpanKind.INTERNAL)
                .setAttribute(OPERATION, "execute_tool")
                .setAttribute(TOOL_NAME, tool)
                .setAttribute(TOOL_TYPE, "function");
        Span span = builder.startSpan();
        record(span, ARGUMENTS, arguments);
        return span;
    }

    /** Records content, if it is to be recorded. A program chose it: what cannot be recorded must not cost the span. */
    private void record(Span span, AttributeKey<String> key, Supplier<String> value) {
        if (!content) {
            return;
        }
        try {
            span.setAttribute(key, value.get());
        } catch (RuntimeException e) {
            span.setAttribute(key, "[cannot be recorded: " + e.getClass().getName() + "]");
        }
    }

    private void fail(Span span, Throwable failure) {
        span.setAttribute(ERROR_TYPE, failure.getClass().getName());
        span.setStatus(StatusCode.ERROR, "");
        if (content) {
            span.recordException(failure);
        }
    }

    private void end(Execution execution, Consumer<Span> ending) {
        Current current = executions.remove(execution);
        if (current == null) {
            return;
        }
        try (Scope _ = current.scope) {
            ending.accept(current.span);
        } finally {
            current.span.end();
        }
    }

    private static String failure(CodeResult result) {
        return result.contents().getLast() instanceof Content.Failure failure ? failure.details() : "";
    }

    private static String errorType(CodeResult result) {
        return switch (result.status()) {
            case FAILED -> result.run().map(CodeActTracing::errorType).orElseThrow();
            case SUCCEEDED, OUTPUT_CUT, INVALID_ARGUMENTS, INVALID_CODE, REFUSED, NO_APPROVER, APPROVAL_FAILED ->
                result.status().name().toLowerCase(Locale.ROOT);
        };
    }

    /** A program can name its own exceptions as it likes: only the names of Python's own are taken. */
    private static String errorType(RunResult run) {
        return run.outcome() instanceof Outcome.PythonError error && PythonExceptions.isBuiltIn(error.type())
                ? error.type()
                : outcome(run.outcome());
    }

    private static String outcome(Outcome outcome) {
        return outcome instanceof Outcome.Completed completed && completed.exitCode() != 0
                ? "exit_code"
                : outcome.label();
    }
}
