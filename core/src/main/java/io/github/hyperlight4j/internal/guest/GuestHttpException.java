package io.github.hyperlight4j.internal.guest;

/** Why a request of the guest is not answered: for its program to read. No fault of the host. */
public final class GuestHttpException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Why, with the numbers of the guest's interface. */
    public enum Kind {
        /** It is not allowed. */
        REFUSED(0),
        /** It failed. */
        FAILED(1),
        /** It took too long. */
        TIMED_OUT(2);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        /** Returns the number in the guest's interface. */
        public int number() {
            return number;
        }
    }

    private final Kind kind;

    /**
     * @param kind why
     * @param message a sentence for the program
     */
    public GuestHttpException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /** Returns why. */
    public Kind kind() {
        return kind;
    }
}
