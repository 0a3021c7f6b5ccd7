package io.github.hyperlight4j;

import java.util.Objects;

/**
 * Counts of what crossed the micro-VM's boundary during a run.
 *
 * @param toolCalls the program's calls of tools, failed calls included
 * @param hostCalls the guest's requests to the host: the tool calls, and each piece of output, sleep, look at the clock,
 *     file access and part of an HTTP exchange
 * @param bytesFromGuest the size of output, arguments of tools, writes to files and bodies of requests
 * @param bytesToGuest the size of results of tools, reads of files, bodies of responses and random bytes
 */
public record RunCounts(long toolCalls, long hostCalls, ByteSize bytesFromGuest, ByteSize bytesToGuest) {

    /** Checks for {@code null}. */
    public RunCounts {
        Objects.requireNonNull(bytesFromGuest, "bytesFromGuest");
        Objects.requireNonNull(bytesToGuest, "bytesToGuest");
    }
}
