package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.InvalidCodeException;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.SandboxPool;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.ToolInterceptor;
import io.github.hyperlight4j.codeact.internal.CodeActConfig;
import io.github.hyperlight4j.codeact.internal.ResultParts;
import io.github.hyperlight4j.codeact.internal.Texts;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Executes code: asks for approval, runs it in the pool, tells the listeners. Any number at the same time. */
final class CodeExecutor {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.codeact");

    private final @Nullable SandboxPool pool;
    private final @Nullable ApprovalHook approvalHook;
    private final Listeners listeners;

    CodeExecutor(@Nullable SandboxPool pool, @Nullable ApprovalHook approvalHook, Listeners listeners) {
        this.pool = pool;
        this.approvalHook = approvalHook;
        this.listeners = listeners;
    }

    CodeResult execute(String code, CodeActConfig config) {
        List<Tool> tools = List.copyOf(config.tools().values());
        Execution execution = new Execution(code, tools);
        String refusal = config.approvalMode() == ApprovalMode.ALWAYS_REQUIRE ? refusal(execution) : null;
        if (refusal != null) {
            listeners.ended(listener -> listener.executionRefused(execution, refusal));
            return CodeResult.notRun(Texts.NOT_RUN, refusal);
        }
        listeners.started(listener -> listener.executionStarted(execution));
        CodeResult result;
        try {
            result = run(execution, config);
        } catch (RuntimeException | Error e) {
            listeners.ended(listener -> listener.executionFailed(execution, e));
            throw e;
        }
        listeners.ended(listener -> listener.executionEnded(execution, result));
        return result;
    }

    private CodeResult run(Execution execution, CodeActConfig config) {
        SandboxConfig sandbox = config.sandbox(
                execution.tools().stream().map(tool -> heard(tool, execution)).toList());
        RunResult run;
        try {
            run = (pool != null ? pool : SharedPool.get()).run(execution.code(), sandbox);
        } catch (InvalidCodeException e) { // For the model to mend.
            return CodeResult.notRun(Texts.NOT_RUN, Texts.badCode(String.valueOf(e.getMessage())));
        }
        return CodeResult.of(ResultParts.of(run, execution.code(), execution.tools()), run);
    }

    private Tool heard(Tool tool, Execution execution) {
        if (listeners.isEmpty()) {
            return tool;
        }
        ToolInterceptor interceptor = call -> {
            ToolCall heard = new ToolCall(execution, tool, call.arguments());
            listeners.started(listener -> listener.toolCallStarted(heard));
            Object result;
            try {
                result = call.proceed();
            } catch (Throwable e) {
                listeners.ended(listener -> listener.toolCallFailed(heard, e));
                throw e;
            }
            listeners.ended(listener -> listener.toolCallEnded(heard));
            return result;
        };
        return tool.intercepted(interceptor);
    }

    /** Why the code must not run, if so. Anything but a clear yes is a no. */
    private @Nullable String refusal(Execution execution) {
        if (approvalHook == null) {
            LOG.log(Level.WARNING, "Code needs approval, but there is no approval hook: it is refused");
            return Texts.noApprover();
        }
        ApprovalDecision decision;
        try {
            decision = approvalHook.decide(new ApprovalRequest(execution.code(), execution.tools()));
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "The approval hook failed, so the code is refused", e);
            return Texts.approverFailed();
        }
        return switch (decision) {
            case ApprovalDecision.Approved approved -> null;
            case ApprovalDecision.Refused refused -> Texts.refused(refused.reason());
            case null -> {
                LOG.log(Level.WARNING, "The approval hook returned null, so the code is refused");
                yield Texts.approverFailed();
            }
        };
    }
}
