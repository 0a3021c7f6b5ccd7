package io.github.hyperlight4j.internal.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.bindings.hl4j_h;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFiles.Entry;
import io.github.hyperlight4j.internal.guest.GuestFiles.Status;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** The answer to what the guest asks for. The header says which of these an operation takes. */
final class HostReply {

    private final MemorySegment reply;
    private boolean failed;

    HostReply(MemorySegment reply) {
        this.reply = reply;
    }

    /** What the host function returns. */
    int result() {
        return failed ? hl4j_h.HL4J_FAILED() : hl4j_h.HL4J_ANSWERED();
    }

    void number(long number) {
        hl4j_h.hl4j_reply_number(reply, number);
    }

    void bytes(byte[] content) {
        MemorySegment.copy(content, 0, room(content.length), ValueLayout.JAVA_BYTE, 0, content.length);
    }

    /** Room for bytes, to be filled now. */
    MemorySegment room(int size) {
        MemorySegment room = hl4j_h.hl4j_reply_reserve(reply, size);
        if (size > 0 && room.address() == 0) {
            throw new IllegalStateException("A reply of " + size + " bytes is too large");
        }
        return room.asSlice(0, size);
    }

    void text(String text) {
        try (Arena arena = Arena.ofConfined()) {
            if (!hl4j_h.hl4j_reply_text(reply, NativeCalls.lend(arena, text.getBytes(UTF_8)))) {
                throw new IllegalStateException("A reply of " + text.length() + " characters is too large");
            }
        }
    }

    void status(Status status) {
        hl4j_h.hl4j_reply_status(reply, status.kind(), status.size(), status.modified());
    }

    void entries(List<Entry> entries) {
        try (Arena arena = Arena.ofConfined()) {
            for (Entry entry : entries) {
                MemorySegment name = NativeCalls.lend(arena, entry.name().getBytes(UTF_8));
                Status status = entry.status();
                if (!hl4j_h.hl4j_reply_entry(reply, name, status.kind(), status.size(), status.modified())) {
                    throw new IllegalStateException("A list of " + entries.size() + " files is too large for a reply");
                }
            }
        }
    }

    void answer(ToolAnswer answer) {
        bytes(answer.utf8());
        failed = answer.failed();
    }

    void failure(GuestFileException failure) {
        number(failure.code().number());
        failed = true;
    }

    void failure(GuestHttpException failure) {
        number(failure.kind().number());
        bytes(String.valueOf(failure.getMessage()).getBytes(UTF_8));
        failed = true;
    }
}
