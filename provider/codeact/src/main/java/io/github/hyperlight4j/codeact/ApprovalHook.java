package io.github.hyperlight4j.codeact;

/**
 * Approver of code that needs approval: a person, or a policy. It gets the whole code, once for each
 * {@link HyperlightExecuteCodeTool#execute(String)}; there is no approval for each {@code call_tool} in it.
 *
 * {@snippet :
 * ApprovalHook ask = request -> console.confirm("Run this?\n" + request.visibleCode())
 *         ? ApprovalDecision.approve()
 *         : ApprovalDecision.refuse("the user said no");
 * }
 *
 * <p>Called on the thread that executes the code, which it may block as long as it likes: no time limit runs yet. From
 * several threads at once when several executions wait. Any exception refuses the code.
 */
@FunctionalInterface
public interface ApprovalHook {

    /**
     * Decides whether code may run.
     *
     * @param request the code, and the tools that it can call
     * @return the decision
     */
    ApprovalDecision decide(ApprovalRequest request);

    /**
     * Returns a hook that approves everything, for an application that asks by itself before it calls
     * {@link HyperlightExecuteCodeTool#execute(String)}.
     */
    static ApprovalHook byCaller() {
        return request -> ApprovalDecision.approve();
    }
}
