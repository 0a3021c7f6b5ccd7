package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.bindings.hl4j_h;
import java.lang.foreign.MemorySegment;

/**
 * How a program ended, as the guest tells it.
 *
 * @param exitCode the exit code
 * @param errorType the class of the uncaught exception; empty if there was none
 * @param message its text
 * @param traceback its traceback
 */
public record GuestOutcome(int exitCode, String errorType, String message, String traceback) {

    /** Reads and deletes an outcome. */
    static GuestOutcome take(MemorySegment outcome) {
        try {
            return new GuestOutcome(
                    hl4j_h.hl4j_outcome_exit_code(outcome),
                    NativeCalls.text(outcome, hl4j_h::hl4j_outcome_error_type),
                    NativeCalls.text(outcome, hl4j_h::hl4j_outcome_message),
                    NativeCalls.text(outcome, hl4j_h::hl4j_outcome_traceback));
        } finally {
            hl4j_h.hl4j_outcome_delete(outcome);
        }
    }
}
