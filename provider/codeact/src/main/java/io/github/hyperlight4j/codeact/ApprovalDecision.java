package io.github.hyperlight4j.codeact;

import java.util.Objects;

/** Decision of an {@link ApprovalHook}. */
public sealed interface ApprovalDecision {

    /** The code may run. */
    record Approved() implements ApprovalDecision {}

    /**
     * The code must not run.
     *
     * @param reason the reason, as a clause; the model reads it
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
     * @param reason the reason, as a clause; the model reads it
     */
    static ApprovalDecision refuse(String reason) {
        return new Refused(reason);
    }
}
