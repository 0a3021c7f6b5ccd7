package io.github.hyperlight4j.internal.run;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The host's clocks and random source. A program gets them as they are now, never as they were in a snapshot. */
final class HostResources {

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Makes the monotonic clock positive: the guest's is unsigned, and Java's may begin anywhere. */
    private static final long ORIGIN = System.nanoTime() - TimeUnit.SECONDS.toNanos(1);

    private HostResources() {}

    static long realtime() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    static long monotonic() {
        return System.nanoTime() - ORIGIN;
    }

    static byte[] entropy(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
