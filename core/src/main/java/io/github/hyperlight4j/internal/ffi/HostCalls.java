package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.bindings.hl4j_h;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestHost;
import io.github.hyperlight4j.internal.guest.GuestHost.FinishedTool;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.util.HashMap;
import java.util.Map;

/**
 * The functions of the guest's WIT world by their numbers in the header: tools, output, clock and entropy here,
 * {@link FileCalls} and {@link HttpCalls}.
 */
final class HostCalls {

    /** Answers one of the functions. */
    interface Answer {
        void to(HostCall call, HostReply reply) throws RunEndedException, GuestFileException, GuestHttpException;
    }

    /** More than any tool's name in UTF-8; the rest of a longer one is not looked at. */
    private static final long LONGEST_TOOL_NAME = 256;

    private final Map<Integer, Answer> answers = new HashMap<>();

    HostCalls(GuestHost host) {
        add(
                hl4j_h.HL4J_CALL_TOOL(),
                (call, reply) -> reply.answer(host.callTool(call.nameWithin(LONGEST_TOOL_NAME), call.data())));
        add(
                hl4j_h.HL4J_CALL_TOOL_BEGIN(),
                (call, reply) -> reply.number(
                        Integer.toUnsignedLong(host.beginTool(call.nameWithin(LONGEST_TOOL_NAME), call.data()))));
        add(hl4j_h.HL4J_CALL_TOOL_NEXT(), (call, reply) -> {
            FinishedTool finished = host.nextTool(call.number());
            reply.number(Integer.toUnsignedLong(finished.id()));
            reply.answer(finished.answer());
        });
        add(hl4j_h.HL4J_CALL_WRITE(), (call, reply) -> host.write(Math.toIntExact(call.number()), call.data()));
        add(hl4j_h.HL4J_CALL_REALTIME(), (call, reply) -> reply.number(host.realtime()));
        add(hl4j_h.HL4J_CALL_MONOTONIC(), (call, reply) -> reply.number(host.monotonic()));
        add(hl4j_h.HL4J_CALL_SLEEP(), (call, reply) -> host.sleep(call.number()));
        add(hl4j_h.HL4J_CALL_ENTROPY(), (call, reply) -> reply.bytes(host.entropy(call.count())));
        FileCalls.addTo(this, host);
        HttpCalls.addTo(this, host);
    }

    void add(int operation, Answer answer) {
        answers.put(operation, answer);
    }

    /** Whether there is an answer to an operation. */
    boolean knows(int operation) {
        return answers.containsKey(operation);
    }

    /** Answers a call. What a file or HTTP function could not do is an ordinary answer. */
    int answer(HostCall call, HostReply reply) throws RunEndedException {
        Answer answer = answers.get(call.operation());
        if (answer == null) {
            throw new IllegalStateException("The guest asked for something unknown: " + call.operation());
        }
        try {
            answer.to(call, reply);
        } catch (GuestFileException e) {
            reply.failure(e);
        } catch (GuestHttpException e) {
            reply.failure(e);
        }
        return reply.result();
    }
}
