package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.ByteSize;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes that a run may still send, or receive. May be used from any thread. */
final class ByteBudget {

    private final ByteSize total;
    private final AtomicLong left;

    ByteBudget(ByteSize total) {
        this.total = total;
        this.left = new AtomicLong(total.bytes());
    }

    /** Takes bytes; returns whether there were as many. */
    boolean take(long bytes) {
        return left.addAndGet(-bytes) >= 0;
    }

    ByteSize total() {
        return total;
    }
}
