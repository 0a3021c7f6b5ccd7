package io.github.hyperlight4j.internal.guest;

/** The run is over: the guest gets no answer and is stopped. */
public final class RunEndedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Without a message: whoever ended the run knows why. */
    public RunEndedException() {
        super(null, null, false, false);
    }
}
