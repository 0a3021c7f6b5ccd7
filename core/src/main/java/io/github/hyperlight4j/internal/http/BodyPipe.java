package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.guest.GuestHttpException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A response's body on its way from the thread that reads it to the guest. It is read ahead, so that the guest gets it in few
 * large pieces, but only so far.
 */
final class BodyPipe {

    private static final int READ_AHEAD = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Deque<byte[]> chunks = new ArrayDeque<>();
    private int firstOffset;
    private int held;
    private boolean closed;
    private boolean ended;
    private @Nullable GuestHttpException failure;
    private CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();

    /**
     * Adds bytes, and waits while there are many.
     *
     * @return whether anybody still wants them
     */
    boolean put(byte[] chunk) throws InterruptedException {
        lock.lock();
        try {
            while (held >= READ_AHEAD && !closed) {
                room.await();
            }
            if (!closed) {
                chunks.add(chunk);
                held += chunk.length;
                ready.complete(null);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** There is no more. */
    void end() {
        end(null);
    }

    /** There is no more, because of a failure; unless it was at its end already. */
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

    /** Nobody wants it any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            chunks.clear();
            held = 0;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return what is done once {@link #take} has something to say} */
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
     * @throws GuestHttpException if there is no more because of a failure
     */
    byte[] take(int count) throws GuestHttpException {
        lock.lock();
        try {
            if (held == 0 && failure != null) {
                throw failure;
            }
            byte[] bytes = new byte[Math.min(count, held)];
            for (int taken = 0; taken < bytes.length; ) {
                byte[] first = chunks.element();
                int part = Math.min(first.length - firstOffset, bytes.length - taken);
                System.arraycopy(first, firstOffset, bytes, taken, part);
                taken += part;
                firstOffset += part;
                if (firstOffset == first.length) {
                    chunks.remove();
                    firstOffset = 0;
                }
            }
            held -= bytes.length;
            if (held == 0 && !ended) {
                ready = new CompletableFuture<>();
            }
            room.signalAll();
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}
