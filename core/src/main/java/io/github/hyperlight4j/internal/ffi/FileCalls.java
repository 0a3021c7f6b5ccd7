package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.bindings.hl4j_h;
import io.github.hyperlight4j.internal.guest.GuestFiles.Entries;
import io.github.hyperlight4j.internal.guest.GuestFiles.Opened;
import io.github.hyperlight4j.internal.guest.GuestHost;

/** The functions of the interface {@code files}. */
final class FileCalls {

    private FileCalls() {}

    static void addTo(HostCalls calls, GuestHost host) {
        calls.add(
                hl4j_h.HL4J_CALL_FILE_STAT(),
                (call, reply) -> reply.status(host.files().stat(call.name(), call.flags() != 0)));
        calls.add(
                hl4j_h.HL4J_CALL_FILE_STAT_HANDLE(),
                (call, reply) -> reply.status(host.files().stat(call.handle())));
        calls.add(hl4j_h.HL4J_CALL_FILE_LIST(), (call, reply) -> {
            Entries entries = host.files().list(call.name(), call.number());
            reply.entries(entries.items());
            reply.number(entries.next());
        });
        calls.add(hl4j_h.HL4J_CALL_FILE_OPEN(), (call, reply) -> {
            Opened opened = host.files().open(call.name(), call.flags());
            reply.number(Integer.toUnsignedLong(opened.handle()));
            reply.status(opened.status());
        });
        calls.add(
                hl4j_h.HL4J_CALL_FILE_READ(),
                (call, reply) ->
                        reply.number(host.files().read(call.handle(), call.number(), reply.room(call.count()))));
        calls.add(
                hl4j_h.HL4J_CALL_FILE_WRITE(),
                (call, reply) -> reply.number(host.files().write(call.handle(), call.number(), call.data())));
        calls.add(hl4j_h.HL4J_CALL_FILE_RESIZE(), (call, reply) -> host.files().resize(call.handle(), call.number()));
        calls.add(hl4j_h.HL4J_CALL_FILE_CLOSE(), (call, reply) -> host.files().close(call.handle()));
        calls.add(
                hl4j_h.HL4J_CALL_FILE_MAKE_DIRECTORY(),
                (call, reply) -> host.files().makeDirectory(call.name()));
        calls.add(hl4j_h.HL4J_CALL_FILE_REMOVE(), (call, reply) -> host.files().remove(call.name(), call.flags() != 0));
        calls.add(hl4j_h.HL4J_CALL_FILE_RENAME(), (call, reply) -> host.files().rename(call.name(), call.text()));
        calls.add(
                hl4j_h.HL4J_CALL_FILE_SET_MODIFIED(),
                (call, reply) -> host.files().setModified(call.name(), call.number()));
        calls.add(
                hl4j_h.HL4J_CALL_FILE_READ_LINK(),
                (call, reply) -> reply.text(host.files().readLink(call.name())));
    }
}
