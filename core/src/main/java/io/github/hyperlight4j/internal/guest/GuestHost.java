package io.github.hyperlight4j.internal.guest;

import java.nio.ByteBuffer;

/**
 * What a guest can ask of the host: the imports of its WIT world. Called on the thread that runs the sandbox. Every
 * argument was chosen by the guest.
 */
public interface GuestHost {

    /**
     * Calls a tool.
     *
     * @param name its name, cut if it is longer than any tool's
     * @param arguments JSON in UTF-8; valid during the call only
     * @return the answer
     * @throws RunEndedException to end the run
     */
    ToolAnswer callTool(String name, ByteBuffer arguments) throws RunEndedException;

    /**
     * Takes output.
     *
     * @param file 1 for standard output, 2 for standard error
     * @param bytes what was written; valid during the call only
     * @throws RunEndedException to end the run
     */
    void write(int file, ByteBuffer bytes) throws RunEndedException;

    /**
     * {@return nanoseconds since the Unix epoch}
     *
     * @throws RunEndedException to end the run
     */
    long realtime() throws RunEndedException;

    /**
     * {@return nanoseconds since some point; never less than before}
     *
     * @throws RunEndedException to end the run
     */
    long monotonic() throws RunEndedException;

    /**
     * Waits.
     *
     * @param nanoseconds how long; unsigned
     * @throws RunEndedException to end the run
     */
    void sleep(long nanoseconds) throws RunEndedException;

    /**
     * {@return as many random bytes}
     *
     * @param count how many bytes
     * @throws RunEndedException to end the run
     */
    byte[] entropy(int count) throws RunEndedException;

    /**
     * Begins a call of a tool. Calls that were begun run at the same time.
     *
     * @param name its name, cut if it is longer than any tool's
     * @param arguments JSON in UTF-8; valid during the call only
     * @return the call's number, not 0
     * @throws RunEndedException to end the run
     */
    int beginTool(String name, ByteBuffer arguments) throws RunEndedException;

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
    FinishedTool nextTool(long nanoseconds) throws RunEndedException;

    /**
     * {@return what answers for files}
     *
     * @throws RunEndedException to end the run
     */
    GuestFiles files() throws RunEndedException;

    /**
     * {@return what answers for the network}
     *
     * @throws RunEndedException to end the run
     */
    GuestHttp http() throws RunEndedException;
}
