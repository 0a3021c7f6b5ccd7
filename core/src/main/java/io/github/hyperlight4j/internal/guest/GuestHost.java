package io.github.hyperlight4j.internal.guest;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * The functions of the host that a guest can call: the imports of its WIT world. Called on the thread that runs the
 * sandbox. Every argument was chosen by the guest.
 *
 * <p>The default methods are for a guest that runs no program, but is booted or prepared: it has clocks and entropy, its
 * output is discarded, and any other call ends the run.
 */
public interface GuestHost {

    /** The zero of the monotonic clock: before the first reading, since the guest's numbers are unsigned. */
    long ORIGIN = System.nanoTime() - TimeUnit.SECONDS.toNanos(1);

    /**
     * Calls a tool.
     *
     * @param name its name, cut if it is longer than any tool's
     * @param arguments JSON in UTF-8; valid during the call only
     * @return the answer
     * @throws RunEndedException to end the run
     */
    default ToolAnswer callTool(String name, ByteBuffer arguments) throws RunEndedException {
        throw new RunEndedException();
    }

    /**
     * Takes output.
     *
     * @param file 1 for standard output, 2 for standard error
     * @param bytes the output; valid during the call only
     * @throws RunEndedException to end the run
     */
    default void write(int file, ByteBuffer bytes) throws RunEndedException {}

    /**
     * {@return nanoseconds since the Unix epoch}
     *
     * @throws RunEndedException to end the run
     */
    default long realtime() throws RunEndedException {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    /**
     * {@return nanoseconds since an arbitrary point; never less than before}
     *
     * @throws RunEndedException to end the run
     */
    default long monotonic() throws RunEndedException {
        return System.nanoTime() - ORIGIN;
    }

    /**
     * Waits.
     *
     * @param nanoseconds how long; unsigned
     * @throws RunEndedException to end the run
     */
    default void sleep(long nanoseconds) throws RunEndedException {}

    /**
     * {@return random bytes}
     *
     * @param count how many bytes
     * @throws RunEndedException to end the run
     */
    default byte[] entropy(int count) throws RunEndedException {
        byte[] bytes = new byte[count];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /**
     * Begins a call of a tool. Calls that were begun run at the same time.
     *
     * @param name its name, cut if it is longer than any tool's
     * @param arguments JSON in UTF-8; valid during the call only
     * @return the call's number, not 0
     * @throws RunEndedException to end the run
     */
    default int beginTool(String name, ByteBuffer arguments) throws RunEndedException {
        throw new RunEndedException();
    }

    /**
     * The end of a call that was begun.
     *
     * @param id the call's number; 0 when no call has ended
     * @param answer its answer; empty when no call has ended
     */
    record FinishedTool(int id, ToolAnswer answer) {}

    /**
     * Waits for one of the calls that were begun to end.
     *
     * @param nanoseconds how long at most; unsigned
     * @return the first that ends
     * @throws RunEndedException to end the run
     */
    default FinishedTool nextTool(long nanoseconds) throws RunEndedException {
        throw new RunEndedException();
    }

    /**
     * {@return the functions for files}
     *
     * @throws RunEndedException to end the run
     */
    default GuestFiles files() throws RunEndedException {
        throw new RunEndedException();
    }

    /**
     * {@return the functions for HTTP}
     *
     * @throws RunEndedException to end the run
     */
    default GuestHttp http() throws RunEndedException {
        throw new RunEndedException();
    }
}
