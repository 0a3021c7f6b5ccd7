package io.github.hyperlight4j.internal.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.bindings.hl4j_bytes_t;
import io.github.hyperlight4j.bindings.hl4j_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.function.BiConsumer;

/** The conventions of the native library: errors, out-parameters, borrowed bytes. */
final class NativeCalls {

    private NativeCalls() {}

    /** A function that returns an error, and an object in its last parameter. */
    interface Producer {
        MemorySegment call(Arena arena, MemorySegment out);
    }

    /** Calls a function that makes an object. The arena is for its arguments, and ends with the call. */
    static MemorySegment produce(Producer function) throws NativeException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            check(function.call(arena, out));
            return out.get(ValueLayout.ADDRESS, 0);
        }
    }

    /** Throws the error that a function returned, unless that is NULL. */
    static void check(MemorySegment error) throws NativeException {
        if (error.address() == 0) {
            return;
        }
        try {
            int code = hl4j_h.hl4j_error_code(error);
            String message = text(error, hl4j_h::hl4j_error_message);
            if (code == hl4j_h.HL4J_ERROR_STACK()) {
                throw new StackOverflowError(message);
            }
            throw new NativeException(NativeErrorCode.of(code), message);
        } finally {
            hl4j_h.hl4j_error_delete(error);
        }
    }

    /** Reads a text that an object owns. */
    static String text(MemorySegment object, BiConsumer<MemorySegment, MemorySegment> getter) {
        return new String(bytes(object, getter), UTF_8);
    }

    /** Reads bytes that an object owns. */
    static byte[] bytes(MemorySegment object, BiConsumer<MemorySegment, MemorySegment> getter) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = hl4j_bytes_t.allocate(arena);
            getter.accept(object, bytes);
            return view(bytes).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** Returns the memory of borrowed bytes, valid as long as their owner. */
    static MemorySegment view(MemorySegment bytes) {
        long length = hl4j_bytes_t.len(bytes);
        return length == 0 ? MemorySegment.NULL : hl4j_bytes_t.data(bytes).asSlice(0, length);
    }

    /** Lends bytes for the time of a call. */
    static MemorySegment lend(SegmentAllocator allocator, byte[] content) {
        MemorySegment bytes = hl4j_bytes_t.allocate(allocator);
        hl4j_bytes_t.data(
                bytes,
                content.length == 0 ? MemorySegment.NULL : allocator.allocateFrom(ValueLayout.JAVA_BYTE, content));
        hl4j_bytes_t.len(bytes, content.length);
        return bytes;
    }
}
