package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.ByteSize;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes that a run may still receive. May be used from any thread. */
final class ByteBudget {

    private final AtomicLong left;

    ByteBudget(ByteSize total) {
        this.left = new AtomicLong(total.bytes());
    }

    /** Takes bytes that have arrived; returns whether they, and all before, were within the budget. */
    boolean take(long bytes) {
        return left.addAndGet(-bytes) >= 0;
    }
}
