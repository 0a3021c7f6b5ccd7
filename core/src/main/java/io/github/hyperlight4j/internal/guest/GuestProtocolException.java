package io.github.hyperlight4j.internal.guest;

/**
 * What the guest sent does not follow its interface. Nothing that runs in an intact guest causes this, so the guest is not
 * to be trusted with another run.
 */
public final class GuestProtocolException extends Exception {

    private static final long serialVersionUID = 1L;

    GuestProtocolException(String message) {
        super(message, null, false, false);
    }
}
