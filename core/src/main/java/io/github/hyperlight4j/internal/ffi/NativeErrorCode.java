package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.HyperlightException.Code;
import io.github.hyperlight4j.bindings.hl4j_h;

/** The native library's error codes. */
public enum NativeErrorCode {
    INVALID_ARGUMENT,
    INTERNAL,
    NO_HYPERVISOR,
    HYPERVISOR,
    GUEST_IMAGE,
    CANCELLED,
    GUEST_ABORTED,
    GUEST_MEMORY,
    POISONED,
    SNAPSHOT,
    IO;

    static NativeErrorCode of(int code) {
        if (code == hl4j_h.HL4J_ERROR_INVALID_ARGUMENT()) {
            return INVALID_ARGUMENT;
        } else if (code == hl4j_h.HL4J_ERROR_NO_HYPERVISOR()) {
            return NO_HYPERVISOR;
        } else if (code == hl4j_h.HL4J_ERROR_HYPERVISOR()) {
            return HYPERVISOR;
        } else if (code == hl4j_h.HL4J_ERROR_GUEST_IMAGE()) {
            return GUEST_IMAGE;
        } else if (code == hl4j_h.HL4J_ERROR_CANCELLED()) {
            return CANCELLED;
        } else if (code == hl4j_h.HL4J_ERROR_GUEST_ABORTED()) {
            return GUEST_ABORTED;
        } else if (code == hl4j_h.HL4J_ERROR_GUEST_MEMORY()) {
            return GUEST_MEMORY;
        } else if (code == hl4j_h.HL4J_ERROR_POISONED()) {
            return POISONED;
        } else if (code == hl4j_h.HL4J_ERROR_SNAPSHOT()) {
            return SNAPSHOT;
        } else if (code == hl4j_h.HL4J_ERROR_IO()) {
            return IO;
        }
        return INTERNAL;
    }

    /** Returns the application's code, for an error that is not an outcome of a program. */
    Code code() {
        return switch (this) {
            case NO_HYPERVISOR -> Code.UNSUPPORTED_HOST;
            case HYPERVISOR, GUEST_ABORTED, GUEST_MEMORY, POISONED -> Code.HYPERVISOR;
            case GUEST_IMAGE -> Code.GUEST_IMAGE;
            case SNAPSHOT -> Code.SNAPSHOT;
            case IO -> Code.IO;
            case INVALID_ARGUMENT, INTERNAL, CANCELLED -> Code.INTERNAL;
        };
    }
}
