package io.github.hyperlight4j;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Failure of the host. Never thrown for a program's failure, which is an {@link Outcome}. */
public final class HyperlightException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The kind of failure. Constants may be added. */
    public enum Code {
        /** The native library is missing, cannot be loaded, or is of another version than this code. */
        NATIVE_LIBRARY,
        /** The JVM does not let this library call native code. The message has the option that allows it. */
        NATIVE_ACCESS,
        /** The guest image is missing, damaged, or of another version. */
        GUEST_IMAGE,
        /** This host cannot run micro-VMs. The message says what is missing and what to do; see {@link HostSupport}. */
        UNSUPPORTED_HOST,
        /** The hypervisor is there, but the micro-VM could not be made or driven. */
        HYPERVISOR,
        /** A snapshot is missing, damaged, or does not fit this host or version. */
        SNAPSHOT,
        /** All sandboxes of a {@link SandboxPool} are in use, and none became free in time. */
        BUSY,
        /** Reading or writing a file failed. */
        IO,
        /** A bug in this library. */
        INTERNAL
    }

    /** The kind of failure. */
    private final Code code;

    /**
     * @param code the kind of failure
     * @param message one or more sentences for a person
     */
    public HyperlightException(Code code, String message) {
        this(code, message, null);
    }

    /**
     * @param code the kind of failure
     * @param message one or more sentences for a person
     * @param cause the cause, or {@code null}
     */
    public HyperlightException(Code code, String message, @Nullable Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** Returns the kind of failure. */
    public Code code() {
        return code;
    }
}
