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

    /** Returns the error code. */
    public NativeErrorCode code() {
        return code;
    }

    /**
     * {@return the exception for the application, where it is not an outcome of a program}
     *
     * @param doing the operation: "Making a sandbox"
     */
    public HyperlightException asHostFailure(String doing) {
        return new HyperlightException(code.code(), doing + " failed: " + getMessage(), this);
    }
}
