package io.github.hyperlight4j.internal.ffi;

import java.nio.ByteBuffer;

/** Answers the guest's calls of the functions that a sandbox was made with. */
@FunctionalInterface
public interface HostFunctions {

    /**
     * Answers a call, on the thread that runs the sandbox.
     *
     * @param function the function's place in the list of functions
     * @param arguments one message for each parameter, chosen by the guest; valid during the call only
     * @param reply takes the reply
     * @return whether the call was answered; otherwise the guest is stopped
     * @throws Exception if answering failed, which stops the guest as well
     */
    boolean call(int function, ByteBuffer[] arguments, HostReply reply) throws Exception;
}
