package io.github.hyperlight4j.codeact;

import java.util.Objects;

/** What an {@link ApprovalHook} says. */
public sealed interface ApprovalDecision {

    /** The code may run. */
    record Approved() implements ApprovalDecision {}

    /**
     * The code must not run.
     *
     * @param reason why, as a clause; the model reads it
     */
    record Refused(String reason) implements ApprovalDecision {
        /** Checks for {@code null}. */
        public Refused {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /** Returns the decision that the code may run. */
    static ApprovalDecision approve() {
        return new Approved();
    }

    /**
     * Returns the decision that the code must not run.
     *
     * @param reason why, as a clause; the model reads it
     */
    static ApprovalDecision refuse(String reason) {
        return new Refused(reason);
    }
}
