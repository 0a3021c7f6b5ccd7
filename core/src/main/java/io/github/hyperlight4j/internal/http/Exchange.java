package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.HttpSettings;
import io.github.hyperlight4j.internal.guest.GuestHttp;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/**
 * One allowed request and its response, for the run's thread. A {@link Transfer} does the rest on a thread of its own, which
 * is abandoned when this is closed. Uses no class of the client: see {@link HttpClients}.
 */
final class Exchange {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.http");

    private static final int MAX_PIECE = 1 << 20;

    private enum State {
        WRITING,
        WAITING,
        READING
    }

    private final HttpAccess access;
    private final HttpSettings settings;
    private final HttpExchanges.Waiting waiting;
    private final String method;
    private final Url url;
    private final RequestFields fields;
    private final AllowList.Allowed allowed;
    private final Redaction redaction;
    private final Failures failures;
    private final RequestBody requestBody;
    private final ExchangeSockets sockets;
    private final BodyPipe body = new BodyPipe();
    private final CompletableFuture<GuestHttp.Response> head = new CompletableFuture<>();
    private State state = State.WRITING;

    // Below: guarded by this.
    private boolean running;
    private boolean abandoned;

    Exchange(
            HttpAccess access,
            HttpExchanges.Waiting waiting,
            String method,
            Url url,
            RequestFields fields,
            AllowList.Allowed allowed,
            ByteBudget received)
            throws GuestHttpException {
        this.access = access;
        this.settings = access.settings();
        this.waiting = waiting;
        this.method = method;
        this.url = url;
        this.fields = fields;
        this.allowed = allowed;
        redaction = new Redaction(allowed.headers());
        failures = new Failures(url, settings, redaction);
        sockets = new ExchangeSockets(received);
        requestBody = new RequestBody(settings.requestSize());
        checkBody(fields.bodySize());
    }

    private void checkBody(long size) throws GuestHttpException {
        if (size > 0 && !allowed.body()) {
            throw GuestHttpException.refused(
                    "A body cannot be sent with " + method + ", for a server may take it for the"
                            + " next request: use another method, or have the application allow it for this URL");
        }
        requestBody.checkSize(size);
    }

    void send(ByteBuffer bytes) throws GuestHttpException {
        if (state != State.WRITING) {
            throw GuestHttpException.failed("The request is complete: nothing can be added to its body");
        }
        checkBody(requestBody.size() + bytes.remaining());
        try {
            requestBody.add(bytes);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A request's body could not be kept", e);
            throw GuestHttpException.failed("The host could not keep the request's body");
        }
    }

    GuestHttp.Response respond() throws GuestHttpException, RunEndedException {
        if (state != State.WRITING) {
            throw GuestHttpException.failed("The request has been sent already");
        }
        if (fields.bodySize() >= 0 && fields.bodySize() != requestBody.size()) {
            throw GuestHttpException.failed(
                    "Content-Length says " + fields.bodySize() + " bytes, but the body has " + requestBody.size());
        }
        if (access.hasTooManyAbandoned()) {
            throw GuestHttpException.failed("Too many requests that are over still wait for their servers or names:"
                    + " the host begins no further one until some of them end");
        }
        state = State.WAITING;
        start();
        await(head, failures.noResponse());
        if (head.state() != Future.State.SUCCESS) {
            throw head.exceptionNow() instanceof GuestHttpException failure ? failure : failures.unexpected();
        }
        state = State.READING;
        return head.resultNow();
    }

    private void start() throws GuestHttpException {
        GuestHttpException unexpected = failures.unexpected(); // Made before memory may be short.
        synchronized (this) {
            running = true;
        }
        try {
            HttpAccess.start(() -> run(unexpected));
        } catch (OutOfMemoryError e) {
            hasEnded();
            LOG.log(Level.WARNING, "There is no thread to be had for a request", e);
            throw unexpected;
        }
    }

    /** On a thread of the exchange. */
    private void run(GuestHttpException unexpected) {
        GuestHttpException failure = unexpected;
        try {
            Transfer transfer = new Transfer(access, method, url, fields, allowed, requestBody, redaction, failures);
            failure = transfer.run(sockets, head, body);
        } catch (Throwable e) {
            LOG.log(Level.WARNING, "A request failed unexpectedly", e);
        } finally {
            body.end(failure);
            if (failure != null) {
                head.completeExceptionally(failure);
            }
            sockets.close();
            requestBody.close();
            hasEnded();
        }
    }

    private synchronized void hasEnded() {
        running = false;
        if (abandoned) {
            access.abandonedEnds();
        }
    }

    byte[] receive(int count) throws GuestHttpException, RunEndedException {
        if (state != State.READING) {
            throw GuestHttpException.failed("There is no response yet");
        }
        if (count == 0) {
            throw GuestHttpException.failed("At least one byte must be asked for");
        }
        await(body.ready(), failures.bodyStalled());
        return body.take(count < 0 ? MAX_PIECE : Math.min(count, MAX_PIECE));
    }

    private void await(CompletableFuture<?> future, GuestHttpException timeout)
            throws GuestHttpException, RunEndedException {
        if (!waiting.await(future, settings.responseTimeout().toNanos())) {
            throw timeout;
        }
    }

    /** Ends it, whatever it is doing. Does not wait. */
    void close() {
        sockets.close();
        body.close();
        requestBody.close();
        synchronized (this) {
            if (running && !abandoned) {
                abandoned = true;
                access.abandoned();
            }
        }
    }
}
