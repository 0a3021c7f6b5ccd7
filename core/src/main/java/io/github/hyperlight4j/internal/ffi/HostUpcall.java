package io.github.hyperlight4j.internal.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.bindings.hl4j_bytes_t;
import io.github.hyperlight4j.bindings.hl4j_h;
import io.github.hyperlight4j.bindings.hl4j_host_call_t;
import io.github.hyperlight4j.bindings.hl4j_host_function_t;
import io.github.hyperlight4j.bindings.hl4j_host_t;
import io.github.hyperlight4j.internal.tool.ToolAnswer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The one function through which a sandbox calls Java. Whatever happens in Java, it answers: an exception that left it
 * would end the JVM.
 */
public final class HostUpcall implements AutoCloseable {

    /** More than any tool's name in UTF-8; the rest of a longer one is not looked at. */
    private static final long LONGEST_NAME = 256;

    private static final int END_RUN = 2;

    private final Arena arena = Arena.ofShared();
    private final GuestHost guestHost;
    private final MemorySegment host;
    private volatile @Nullable Throwable failure;

    /** @param guestHost answers the calls */
    public HostUpcall(GuestHost guestHost) {
        this.guestHost = guestHost;
        this.host = hl4j_host_t.allocate(arena);
        hl4j_host_t.env(host, MemorySegment.NULL);
        hl4j_host_t.call(host, hl4j_host_function_t.allocate(this::call, arena));
        hl4j_host_t.finalizer(host, MemorySegment.NULL);
    }

    /** The struct that the native library takes. */
    MemorySegment host() {
        return host;
    }

    /**
     * {@return what went wrong in the host since the last time, through no fault of a program or a tool; it ended the
     * run}
     */
    public @Nullable Throwable takeFailure() {
        Throwable taken = failure;
        failure = null;
        return taken;
    }

    /** Frees the function. The sandbox must be gone. */
    @Override
    public void close() {
        arena.close();
    }

    private int call(MemorySegment env, MemorySegment call, MemorySegment reply) {
        try {
            return answer(call, reply);
        } catch (RunEndedException e) {
            return END_RUN;
        } catch (Throwable e) {
            failure = e;
            return END_RUN;
        }
    }

    private int answer(MemorySegment call, MemorySegment reply) throws RunEndedException {
        int operation = hl4j_host_call_t.operation(call);
        long number = hl4j_host_call_t.number(call);
        MemorySegment data = NativeCalls.view(hl4j_host_call_t.data(call));
        if (operation == hl4j_h.HL4J_CALL_TOOL()) {
            ToolAnswer answer = guestHost.callTool(name(hl4j_host_call_t.name(call)), data.asByteBuffer());
            reply(reply, answer.utf8());
            return answer.failed() ? hl4j_h.HL4J_FAILED() : hl4j_h.HL4J_ANSWERED();
        } else if (operation == hl4j_h.HL4J_CALL_WRITE()) {
            guestHost.write(Math.toIntExact(number), data.asByteBuffer());
        } else if (operation == hl4j_h.HL4J_CALL_REALTIME()) {
            hl4j_h.hl4j_reply_number(reply, guestHost.realtime());
        } else if (operation == hl4j_h.HL4J_CALL_MONOTONIC()) {
            hl4j_h.hl4j_reply_number(reply, guestHost.monotonic());
        } else if (operation == hl4j_h.HL4J_CALL_SLEEP()) {
            guestHost.sleep(number);
        } else if (operation == hl4j_h.HL4J_CALL_ENTROPY()) {
            if (number < 0 || number > hl4j_h.HL4J_ENTROPY_LIMIT()) {
                throw new IllegalStateException("The guest asked for " + number + " random bytes at once");
            }
            reply(reply, guestHost.entropy((int) number));
        } else {
            throw new IllegalStateException("The guest asked for something unknown: " + operation);
        }
        return hl4j_h.HL4J_ANSWERED();
    }

    private static String name(MemorySegment bytes) {
        long length = Math.min(hl4j_bytes_t.len(bytes), LONGEST_NAME);
        return new String(NativeCalls.view(bytes).asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), UTF_8);
    }

    private static void reply(MemorySegment reply, byte[] content) {
        MemorySegment room = hl4j_h.hl4j_reply_reserve(reply, content.length);
        if (content.length == 0) {
            return;
        }
        if (room.address() == 0) {
            throw new IllegalStateException("A reply of " + content.length + " bytes is too large");
        }
        MemorySegment.copy(content, 0, room, ValueLayout.JAVA_BYTE, 0, content.length);
    }
}
