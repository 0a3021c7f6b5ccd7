package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.internal.guest.GuestHttp;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.nio.ByteBuffer;

/**
 * The network, with the bytes of bodies counted.
 *
 * @param http the network
 * @param traffic counts
 */
record CountedHttp(GuestHttp http, Traffic traffic) implements GuestHttp {

    @Override
    public int request(String method, String url, String fields) throws GuestHttpException, RunEndedException {
        return http.request(method, url, fields);
    }

    @Override
    public void sendBody(int request, ByteBuffer bytes) throws GuestHttpException, RunEndedException {
        int size = bytes.remaining();
        http.sendBody(request, bytes);
        traffic.fromGuest(size);
    }

    @Override
    public Response respond(int request) throws GuestHttpException, RunEndedException {
        return http.respond(request);
    }

    @Override
    public byte[] receiveBody(int request, int count) throws GuestHttpException, RunEndedException {
        byte[] received = http.receiveBody(request, count);
        traffic.toGuest(received.length);
        return received;
    }

    @Override
    public void finish(int request) throws RunEndedException {
        http.finish(request);
    }
}
