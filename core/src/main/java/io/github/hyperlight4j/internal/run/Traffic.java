package io.github.hyperlight4j.internal.run;

/** Bytes that crossed the boundary of the micro-VM. Used by the thread of the run. */
final class Traffic {

    private long fromGuest;
    private long toGuest;

    void fromGuest(long bytes) {
        fromGuest += bytes;
    }

    void toGuest(long bytes) {
        toGuest += bytes;
    }

    long fromGuest() {
        return fromGuest;
    }

    long toGuest() {
        return toGuest;
    }
}
