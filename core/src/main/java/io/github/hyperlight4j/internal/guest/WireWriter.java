package io.github.hyperlight4j.internal.guest;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes the values of a message to the guest, in the format that {@link WireReader} describes, once and to where they
 * stay.
 */
final class WireWriter {

    private final MemorySegment room;
    private final ByteBuffer out;

    /** @param room as many bytes as will be written, or more */
    WireWriter(MemorySegment room) {
        this.room = room;
        this.out = room.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** @throws IllegalArgumentException if the value is not in 0..255 */
    WireWriter u8(int value) {
        if (value != (value & 0xFF)) {
            throw new IllegalArgumentException("Not a u8: " + value);
        }
        out.put((byte) value);
        return this;
    }

    WireWriter bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    WireWriter u32(int value) {
        out.putInt(value);
        return this;
    }

    WireWriter u64(long value) {
        out.putLong(value);
        return this;
    }

    /** Writes a {@code list<u8>}, or a string given as UTF-8. */
    WireWriter bytes(byte[] bytes) {
        out.putInt(bytes.length).put(bytes);
        return this;
    }

    /** Returns the part that is left, to be written to directly; {@link #skip} tells how much was. */
    MemorySegment rest() {
        return room.asSlice(out.position());
    }

    /** Counts bytes as written. */
    WireWriter skip(int count) {
        out.position(out.position() + count);
        return this;
    }

    /** Returns how many bytes were written. */
    int size() {
        return out.position();
    }

    /** Returns the part that was written. */
    MemorySegment written() {
        return room.asSlice(0, size());
    }
}
