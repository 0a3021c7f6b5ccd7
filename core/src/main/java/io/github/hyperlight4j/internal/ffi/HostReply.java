package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.bindings.hl4j_h;
import io.github.hyperlight4j.bindings.hl4j_reply_t;
import java.lang.foreign.MemorySegment;

/** The reply to a call, empty at first. Written once, into the buffer from which the guest is given it. */
public final class HostReply {

    private final MemorySegment reply;

    /** @param reply the native library's, or memory of that layout with enough capacity */
    public HostReply(MemorySegment reply) {
        this.reply = reply;
    }

    /**
     * Returns room for the reply, which is not zeroed. Drops a reply that was written before.
     *
     * @param size how many bytes
     * @throws IllegalStateException if a reply cannot be that large
     */
    public MemorySegment room(long size) {
        if (size > hl4j_reply_t.capacity(reply) && !hl4j_h.hl4j_reply_reserve(reply, size)) {
            throw new IllegalStateException("A reply of " + size + " bytes is too large");
        }
        return hl4j_reply_t.data(reply).asSlice(0, size);
    }

    /** Ends the reply: it is the first {@code size} bytes of the room. */
    public void end(long size) {
        hl4j_reply_t.len(reply, size);
    }
}
