package io.github.hyperlight4j.internal.guest;

/** The end of the run: the guest gets no answer and is stopped. */
public final class RunEndedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Without a message: the reason is kept with the run. */
    public RunEndedException() {
        super(null, null, false, false);
    }
}
