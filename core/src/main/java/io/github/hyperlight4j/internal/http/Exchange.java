package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.guest.GuestHttp;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/**
 * One request that is allowed, and its response. Used by the run's thread; the exchange itself happens on another one,
 * which is left behind when this is closed.
 */
final class Exchange {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.http");

    private static final int CHUNK = 64 * 1024;
    private static final int MOST_AT_ONCE = 1 << 20;

    /** How far it is. */
    private enum State {
        WRITING,
        WAITING,
        READING
    }

    private final HttpAccess access;
    private final Waiting waiting;
    private final String method;
    private final Url url;
    private final RequestFields fields;
    private final AllowList.Allowed allowed;
    private final Redaction redaction;
    private final Failures failures;
    private final RequestBody requestBody;
    private final ExchangeSockets sockets = new ExchangeSockets();
    private final BodyPipe body = new BodyPipe();
    private final CompletableFuture<GuestHttp.Response> head = new CompletableFuture<>();
    private State state = State.WRITING;

    Exchange(
            HttpAccess access, Waiting waiting, String method, Url url, RequestFields fields, AllowList.Allowed allowed)
            throws GuestHttpException {
        this.access = access;
        this.waiting = waiting;
        this.method = method;
        this.url = url;
        this.fields = fields;
        this.allowed = allowed;
        redaction = new Redaction(allowed.headers());
        failures = new Failures(url, access.config(), redaction);
        requestBody = new RequestBody(access.config().requestSize());
        requestBody.checkSize(fields.bodySize());
    }

    void send(ByteBuffer bytes) throws GuestHttpException {
        if (state != State.WRITING) {
            throw Quoted.failed("The request is complete: nothing can be added to its body");
        }
        try {
            requestBody.add(bytes);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A request's body could not be kept", e);
            throw Quoted.failed("The host could not keep the request's body");
        }
    }

    GuestHttp.Response respond() throws GuestHttpException, RunEndedException {
        if (state != State.WRITING) {
            throw Quoted.failed("The request has been sent already");
        }
        if (fields.bodySize() >= 0 && fields.bodySize() != requestBody.size()) {
            throw Quoted.failed(
                    "Content-Length says " + fields.bodySize() + " bytes, but the body has " + requestBody.size());
        }
        state = State.WAITING;
        try {
            ExchangeThreads.start(this::run);
        } catch (OutOfMemoryError e) {
            LOG.log(Level.WARNING, "There is no thread to be had for a request", e);
            throw failures.unexpected();
        }
        await(head, failures.noResponse());
        if (head.state() != Future.State.SUCCESS) {
            throw head.exceptionNow() instanceof GuestHttpException failure ? failure : failures.unexpected();
        }
        state = State.READING;
        return head.resultNow();
    }

    byte[] receive(int count) throws GuestHttpException, RunEndedException {
        if (state != State.READING) {
            throw Quoted.failed("There is no response yet");
        }
        if (count == 0) {
            throw Quoted.failed("At least one byte must be asked for");
        }
        await(body.ready(), failures.bodyStalled());
        return body.take(count < 0 ? MOST_AT_ONCE : Math.min(count, MOST_AT_ONCE));
    }

    private void await(CompletableFuture<?> future, GuestHttpException timeout)
            throws GuestHttpException, RunEndedException {
        if (!waiting.await(future, access.config().responseTimeout().toNanos())) {
            throw timeout;
        }
    }

    /** Ends it, whatever it is doing. Does not wait. */
    void close() {
        sockets.close();
        body.close();
        closeRequestBody();
    }

    /** On a thread of its own. */
    private void run() {
        try {
            fail(exchange());
        } catch (IOException e) {
            fail(failures.of(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(failures.unexpected());
        } catch (Throwable e) {
            LOG.log(Level.WARNING, "A request failed unexpectedly", e);
            fail(failures.unexpected());
        } finally {
            sockets.close();
            closeRequestBody();
        }
    }

    private void fail(@Nullable GuestHttpException failure) {
        body.end(failure);
        if (failure != null) {
            head.completeExceptionally(failure);
        }
    }

    /** {@return why the response is not complete, or null if it is} */
    private @Nullable GuestHttpException exchange() throws IOException, InterruptedException {
        HttpClientContext context = HttpClientContext.create();
        // Closing the sockets ends the client, too: it has nothing else.
        ClassicHttpResponse response = access.client(url.host(), allowed.privateAddresses(), sockets)
                .executeOpen(new HttpHost(url.scheme(), url.host().name(), url.port()), request(), context);
        if (context.getRequest() == null) {
            return failures.proxyRefused(response.getCode()); // It is the answer to CONNECT, not the server's.
        }
        closeRequestBody();
        try {
            head.complete(ResponseHead.of(response, redaction));
        } catch (GuestHttpException e) {
            return e;
        }
        HttpEntity entity = response.getEntity();
        return entity == null ? null : read(entity.getContent());
    }

    private @Nullable GuestHttpException read(InputStream content) throws IOException, InterruptedException {
        long limit = access.config().responseSize().bytes();
        long total = 0;
        byte[] chunk = new byte[CHUNK];
        for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
            total += read;
            if (total > limit) {
                return failures.bodyTooLarge();
            }
            if (read > 0 && !body.put(Arrays.copyOf(chunk, read))) {
                return null;
            }
        }
        return null;
    }

    private ClassicHttpRequest request() {
        BasicClassicHttpRequest request = new BasicClassicHttpRequest(
                method,
                url.scheme(),
                new URIAuthority(url.host().name(), url.hasDefaultPort() ? -1 : url.port()),
                url.pathAndQuery());
        List<SecretHeader> secrets = allowed.headers();
        for (RequestFields.Field field : fields.fields()) {
            if (secrets.stream().noneMatch(secret -> secret.hasName(field.name()))) {
                request.addHeader(field.name(), field.value());
            }
        }
        secrets.forEach(secret -> request.addHeader(secret.name(), secret.value()));
        request.setHeader(HttpHeaders.CONNECTION, "close");
        if (requestBody.size() > 0) {
            request.setEntity(new SpooledEntity(requestBody));
        }
        return request;
    }

    private void closeRequestBody() {
        try {
            requestBody.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The temporary file of a request's body could not be closed", e);
        }
    }

    /** A body for the client to send. Its type and encoding are among the guest's fields. */
    private static final class SpooledEntity extends AbstractHttpEntity {

        private final RequestBody body;

        SpooledEntity(RequestBody body) {
            super((String) null, null);
            this.body = body;
        }

        @Override
        public long getContentLength() {
            return body.size();
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            body.writeTo(out);
        }

        @Override
        public boolean isRepeatable() {
            return true;
        }

        @Override
        public boolean isStreaming() {
            return false;
        }

        @Override
        public InputStream getContent() {
            throw new UnsupportedOperationException("It can be written only");
        }

        @Override
        public void close() {
            // The exchange does.
        }
    }
}
