package io.github.hyperlight4j;

import java.util.Objects;

/**
 * What crossed the micro-VM's boundary during a run.
 *
 * @param toolCalls how often the program called a tool, failed calls included
 * @param hostCalls how often it left the micro-VM to ask the host for something: the tool calls, and each piece of output,
 *     sleep, look at the clock, file access and part of an HTTP exchange
 * @param fromGuest output, arguments of tools, what was written to files and bodies of requests
 * @param toGuest results of tools, what was read from files, bodies of responses and random bytes
 */
public record RunCounts(long toolCalls, long hostCalls, ByteSize fromGuest, ByteSize toGuest) {

    /** Checks for {@code null}. */
    public RunCounts {
        Objects.requireNonNull(fromGuest, "fromGuest");
        Objects.requireNonNull(toGuest, "toGuest");
    }
}
