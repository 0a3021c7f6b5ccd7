package io.github.hyperlight4j.internal.guest;

import java.nio.ByteBuffer;

/**
 * The guest's network: the interface {@code http} of its WIT world, which describes each function.
 * Called on the thread that runs the sandbox. Every argument was chosen by the guest.
 */
public interface GuestHttp {

    /**
     * The first part of a response.
     *
     * @param status the status code
     * @param reason the reason phrase; may be empty
     * @param fields field lines (RFC 9112, section 5), each with CRLF behind it
     */
    record Response(int status, String reason, String fields) {}

    /**
     * Begins a request; or, with the method {@code CONNECT}, an authority as the URL and no fields, only fails if nothing on
     * that host and port is allowed.
     *
     * @param fields field lines
     * @return its number; 0 if none was begun
     */
    int request(String method, String url, String fields) throws GuestHttpException, RunEndedException;

    /** Adds to the body. {@code bytes} is valid during the call only. */
    void sendBody(int request, ByteBuffer bytes) throws GuestHttpException, RunEndedException;

    /** Ends the body and waits for the response. */
    Response respond(int request) throws GuestHttpException, RunEndedException;

    /** Waits for at least one byte of the response's body, and returns at most {@code count}; none at its end. */
    byte[] receiveBody(int request, int count) throws GuestHttpException, RunEndedException;

    /** Ends it, complete or not; an unknown number does nothing. */
    void finish(int request) throws RunEndedException;
}
