package io.github.hyperlight4j.testing;

import java.lang.reflect.Method;

/** The bytes of heap that a piece of work allocates on its thread. */
public final class Allocation {

    private static final Object THREADS;
    private static final Method BYTES;

    static {
        try {
            // By reflection: the module under test does not read the management modules.
            THREADS = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            BYTES = Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Allocation() {}

    public static long during(Runnable work) {
        long before = bytes();
        work.run();
        return bytes() - before;
    }

    private static long bytes() {
        try {
            return (long) BYTES.invoke(THREADS);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
