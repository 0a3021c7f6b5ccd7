package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.guest.GuestHttpException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A response's body on its way from the thread that reads it to the guest: a ring of bytes. It is read ahead, so that the
 * guest gets it in few large pieces, up to a bound that holds however small the pieces are in which it arrives.
 */
final class BodyPipe {

    private static final int READ_AHEAD = 1 << 20;
    private static final int LEAST_CAPACITY = 16 * 1024;
    private static final byte[] NONE = {};

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private byte[] ring = NONE;
    private int first;
    private int held;
    private boolean closed;
    private boolean ended;
    private @Nullable GuestHttpException failure;
    private CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();

    /**
     * Adds bytes, and waits while the ring is full.
     *
     * @return whether the guest still wants them
     */
    boolean put(byte[] bytes, int count) throws InterruptedException {
        lock.lock();
        try {
            for (int done = 0; done < count && !closed; ) {
                if (held == READ_AHEAD) {
                    room.await();
                    continue;
                }
                int part = Math.min(count - done, READ_AHEAD - held);
                reserve(held + part);
                int end = (first + held) % ring.length;
                int straight = Math.min(part, ring.length - end);
                System.arraycopy(bytes, done, ring, end, straight);
                System.arraycopy(bytes, done + straight, ring, 0, part - straight);
                held += part;
                done += part;
                ready.complete(null);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Marks the end of the body. */
    void end() {
        end(null);
    }

    /** Marks the end of the body, because of a failure if there is one. The first end counts. */
    void end(@Nullable GuestHttpException failure) {
        lock.lock();
        try {
            if (!ended) {
                this.ended = true;
                this.failure = failure;
                ready.complete(null);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Drops the bytes, and all that follow. */
    void close() {
        lock.lock();
        try {
            closed = true;
            ring = NONE;
            held = 0;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return a future that completes when {@link #take} has a result} */
    CompletableFuture<@Nullable Void> ready() {
        lock.lock();
        try {
            return ready;
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@return the next bytes; none at the end}
     *
     * @param count the most that may be returned, more than 0
     * @throws GuestHttpException if a failure ended the body
     */
    byte[] take(int count) throws GuestHttpException {
        lock.lock();
        try {
            if (held == 0 && failure != null) {
                throw failure;
            }
            byte[] bytes = copy(Math.min(count, held));
            if (held > 0) {
                first = (first + bytes.length) % ring.length;
                held -= bytes.length;
            }
            if (held == 0 && !ended) {
                ready = new CompletableFuture<>();
            }
            room.signalAll();
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    private void reserve(int size) {
        if (size > ring.length) {
            int capacity = Math.max(LEAST_CAPACITY, Math.min(READ_AHEAD, Integer.highestOneBit(size - 1) << 1));
            byte[] larger = new byte[capacity];
            System.arraycopy(copy(held), 0, larger, 0, held);
            ring = larger;
            first = 0;
        }
    }

    private byte[] copy(int count) {
        byte[] bytes = new byte[count];
        int straight = Math.min(count, ring.length - first);
        System.arraycopy(ring, first, bytes, 0, straight);
        System.arraycopy(ring, 0, bytes, straight, count - straight);
        return bytes;
    }
}
