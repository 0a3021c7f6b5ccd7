package io.github.hyperlight4j.internal.guest;

/**
 * A message of the guest that does not follow its interface. An intact guest sends none, whatever program it runs; so the
 * guest is not to be trusted with another run.
 */
public final class GuestProtocolException extends Exception {

    private static final long serialVersionUID = 1L;

    GuestProtocolException(String message) {
        super(message, null, false, false);
    }
}
