package io.github.hyperlight4j.internal.guest;

/** The reason why a request of the guest is not answered, for its program to read. Not a fault of the host. */
public final class GuestHttpException extends Exception {

    private static final long serialVersionUID = 1L;

    /** The kind of failure, with its number in the guest's interface. */
    public enum Kind {
        /** Not allowed. */
        REFUSED(0),
        /** Failed. */
        FAILED(1),
        /** Took too long. */
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

    private GuestHttpException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /**
     * {@return a refusal}
     *
     * @param message a sentence for the program
     */
    public static GuestHttpException refused(String message) {
        return new GuestHttpException(Kind.REFUSED, message);
    }

    /**
     * {@return a failure}
     *
     * @param message a sentence for the program
     */
    public static GuestHttpException failed(String message) {
        return new GuestHttpException(Kind.FAILED, message);
    }

    /**
     * {@return a time-out}
     *
     * @param message a sentence for the program
     */
    public static GuestHttpException timedOut(String message) {
        return new GuestHttpException(Kind.TIMED_OUT, message);
    }

    /** Returns the kind of failure. */
    public Kind kind() {
        return kind;
    }
}
