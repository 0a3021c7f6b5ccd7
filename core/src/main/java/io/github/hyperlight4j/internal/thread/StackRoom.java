package io.github.hyperlight4j.internal.thread;

/**
 * Room on the current thread's stack, which is found by using it: a stack overflow is harmless here, unlike one in the middle of a
 * change, or between native code and Java. The frames hold many values, so that they are about as large compiled as interpreted.
 */
public final class StackRoom {

    /** Frames of at least 130 KiB when compiled, 350 KiB when interpreted: for the native library, and Java that it calls. */
    private static final int AMPLE = 1000;

    /** Frames of at least 20 KiB: for Java that must not fail while it changes something. */
    private static final int REQUIRED = 150;

    /** Volatile, so that the compiler keeps what it reads from here in the frame. */
    private static volatile long zero;

    private StackRoom() {}

    /** Returns whether there is room for calls between native code and Java. */
    public static boolean isAmple() {
        try {
            return use(AMPLE) == 0;
        } catch (StackOverflowError e) {
            return false;
        }
    }

    /**
     * Makes sure that there is room for what must not fail in the middle.
     *
     * @throws StackOverflowError if there is not
     */
    public static void require() {
        long _ = use(REQUIRED);
    }

    private static long use(int frames) {
        if (frames == 0) {
            return 0;
        }
        long a = zero;
        long b = zero;
        long c = zero;
        long d = zero;
        long e = zero;
        long f = zero;
        long g = zero;
        long h = zero;
        long i = zero;
        long j = zero;
        long k = zero;
        long l = zero;
        long m = zero;
        long n = zero;
        long o = zero;
        long p = zero;
        long below = use(frames - 1);
        return (((((((((((((((below + a) ^ b) + c) ^ d) + e) ^ f) + g) ^ h) + i) ^ j) + k) ^ l) + m) ^ n) + o) ^ p;
    }
}
