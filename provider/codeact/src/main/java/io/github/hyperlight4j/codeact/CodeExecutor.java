package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.InvalidCodeException;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.SandboxPool;
import io.github.hyperlight4j.codeact.CodeResult.Status;
import io.github.hyperlight4j.codeact.internal.Texts;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Executes code: asks for approval, runs it in the pool, notifies the listeners. Any number at the same time. */
final class CodeExecutor {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.codeact");

    private static @Nullable SandboxPool sharedPool;

    private final @Nullable SandboxPool pool;
    private final @Nullable ApprovalHook approvalHook;
    private final List<CodeActListener> listeners;
    private final AtomicLong listenerFailures = new AtomicLong();

    CodeExecutor(@Nullable SandboxPool pool, @Nullable ApprovalHook approvalHook, List<CodeActListener> listeners) {
        this.pool = pool;
        this.approvalHook = approvalHook;
        this.listeners = listeners;
    }

    CodeResult execute(Execution execution, boolean needsApproval) {
        CodeResult refusal = needsApproval ? refusal(execution) : null;
        if (refusal != null) {
            String reason = refusal.reason();
            notify(listeners.reversed(), listener -> listener.executionRefused(execution, reason));
            return refusal;
        }
        notify(listeners, listener -> listener.executionStarted(execution));
        CodeResult result;
        try {
            result = run(execution);
        } catch (RuntimeException | Error e) {
            notify(listeners.reversed(), listener -> listener.executionFailed(execution, e));
            throw e;
        }
        notify(listeners.reversed(), listener -> listener.executionEnded(execution, result));
        return result;
    }

    private CodeResult run(Execution execution) {
        RunResult run;
        try {
            run = (pool != null ? pool : sharedPool()).run(execution.code(), execution.config());
        } catch (InvalidCodeException e) { // For the model to repair.
            return CodeResult.notRun(Status.INVALID_CODE, Texts.badCode(String.valueOf(e.getMessage())));
        }
        return CodeResult.of(run, execution.code(), execution.config().tools());
    }

    /** Returns the result of code that must not run; {@code null} if it may. Anything but a clear yes is a no. */
    private @Nullable CodeResult refusal(Execution execution) {
        if (approvalHook == null) {
            LOG.log(Level.WARNING, "Code needs approval, but there is no approval hook: it is refused");
            return CodeResult.notRun(Status.NO_APPROVER, Texts.noApprover());
        }
        ApprovalDecision decision;
        try {
            decision = approvalHook.decide(
                    new ApprovalRequest(execution.code(), execution.config(), execution.attributes()));
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "The approval hook failed, so the code is refused", e);
            return CodeResult.notRun(Status.APPROVAL_FAILED, Texts.approverFailed());
        }
        return switch (decision) {
            case ApprovalDecision.Approved _ -> null;
            case ApprovalDecision.Refused refused -> CodeResult.notRun(Status.REFUSED, Texts.refused(refused.reason()));
            case null -> {
                LOG.log(Level.WARNING, "The approval hook returned null, so the code is refused");
                yield CodeResult.notRun(Status.APPROVAL_FAILED, Texts.approverFailed());
            }
        };
    }

    private void notify(List<CodeActListener> listeners, Consumer<CodeActListener> event) {
        for (CodeActListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Throwable e) {
                logFailure(e);
            }
        }
    }

    /** A model decides how often this happens: it is logged for the first, second, fourth and so on. */
    private void logFailure(Throwable e) {
        long count = listenerFailures.incrementAndGet();
        if (Long.bitCount(count) == 1) {
            LOG.log(Level.WARNING, "A listener failed, for the " + count + ". time", e);
        }
    }

    /** Returns the pool of executors that have none of their own. When it could not be made, the next call tries again. */
    private static synchronized SandboxPool sharedPool() {
        SandboxPool made = sharedPool;
        if (made == null) {
            made = SandboxPool.builder().build();
            sharedPool = made;
        }
        return made;
    }
}
