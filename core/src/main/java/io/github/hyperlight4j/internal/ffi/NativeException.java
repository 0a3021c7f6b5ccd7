package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.HyperlightException;

/** A call into the native library failed. */
public final class NativeException extends Exception {

    private static final long serialVersionUID = 1L;

    private final NativeErrorCode code;

    NativeException(NativeErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    /** Returns what went wrong. */
    public NativeErrorCode code() {
        return code;
    }

    /**
     * {@return the exception for the application, where it is not an outcome of a program}
     *
     * @param doing what was being done: "making a sandbox"
     */
    public HyperlightException asHostFailure(String doing) {
        return new HyperlightException(code.code(), doing + " failed: " + getMessage(), this);
    }
}
