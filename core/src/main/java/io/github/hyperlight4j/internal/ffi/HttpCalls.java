package io.github.hyperlight4j.internal.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.bindings.hl4j_h;
import io.github.hyperlight4j.internal.guest.GuestHost;
import io.github.hyperlight4j.internal.guest.GuestHttp.Response;

/** The functions of the interface {@code http}. */
final class HttpCalls {

    private HttpCalls() {}

    static void addTo(HostCalls calls, GuestHost host) {
        calls.add(
                hl4j_h.HL4J_CALL_HTTP_REQUEST(),
                (call, reply) -> reply.number(
                        Integer.toUnsignedLong(host.http().request(call.name(), call.text(), call.dataAsText()))));
        calls.add(
                hl4j_h.HL4J_CALL_HTTP_SEND_BODY(), (call, reply) -> host.http().sendBody(call.handle(), call.data()));
        calls.add(hl4j_h.HL4J_CALL_HTTP_RESPOND(), (call, reply) -> {
            Response response = host.http().respond(call.handle());
            reply.number(response.status());
            reply.text(response.reason());
            reply.bytes(response.fields().getBytes(UTF_8));
        });
        calls.add(
                hl4j_h.HL4J_CALL_HTTP_RECEIVE_BODY(),
                (call, reply) -> reply.bytes(host.http().receiveBody(call.handle(), call.count())));
        calls.add(hl4j_h.HL4J_CALL_HTTP_FINISH(), (call, reply) -> host.http().finish(call.handle()));
    }
}
