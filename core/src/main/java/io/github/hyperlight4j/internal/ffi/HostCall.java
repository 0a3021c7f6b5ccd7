package io.github.hyperlight4j.internal.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.bindings.hl4j_bytes_t;
import io.github.hyperlight4j.bindings.hl4j_host_call_t;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/** What the guest asks for. The header says which of these an operation has. Valid until the call is answered. */
final class HostCall {

    private final MemorySegment call;

    HostCall(MemorySegment call) {
        this.call = call;
    }

    int operation() {
        return hl4j_host_call_t.operation(call);
    }

    int flags() {
        return hl4j_host_call_t.flags(call);
    }

    int handle() {
        return hl4j_host_call_t.handle(call);
    }

    /** The count, which the native library has bounded to what this program can carry. */
    int count() {
        return Math.toIntExact(Integer.toUnsignedLong(hl4j_host_call_t.count(call)));
    }

    long number() {
        return hl4j_host_call_t.number(call);
    }

    String name() {
        return string(hl4j_host_call_t.name(call), Long.MAX_VALUE);
    }

    /** The name, without what follows its first bytes. */
    String nameWithin(long bytes) {
        return string(hl4j_host_call_t.name(call), bytes);
    }

    String text() {
        return string(hl4j_host_call_t.text(call), Long.MAX_VALUE);
    }

    ByteBuffer data() {
        return NativeCalls.view(hl4j_host_call_t.data(call)).asByteBuffer();
    }

    String dataAsText() {
        return string(hl4j_host_call_t.data(call), Long.MAX_VALUE);
    }

    private static String string(MemorySegment bytes, long limit) {
        long length = Math.min(hl4j_bytes_t.len(bytes), limit);
        return new String(NativeCalls.view(bytes).asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), UTF_8);
    }
}
