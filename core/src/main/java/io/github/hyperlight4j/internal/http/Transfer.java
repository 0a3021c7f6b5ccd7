package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.guest.GuestHttp;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.http.CheckedResolver.AddressRefusedException;
import io.github.hyperlight4j.internal.http.ExchangeSockets.BudgetExceededException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/** The client's side of an exchange: sends the request and reads the response, on a thread of the exchange. */
final class Transfer {

    private static final int BLOCK = 64 * 1024;

    private final HttpAccess access;
    private final String method;
    private final Url url;
    private final RequestFields fields;
    private final AllowList.Allowed allowed;
    private final RequestBody requestBody;
    private final Redaction redaction;
    private final Failures failures;

    Transfer(
            HttpAccess access,
            String method,
            Url url,
            RequestFields fields,
            AllowList.Allowed allowed,
            RequestBody requestBody,
            Redaction redaction,
            Failures failures) {
        this.access = access;
        this.method = method;
        this.url = url;
        this.fields = fields;
        this.allowed = allowed;
        this.requestBody = requestBody;
        this.redaction = redaction;
        this.failures = failures;
    }

    /**
     * {@return why the response is not complete, or {@code null} if it is}
     *
     * @param sockets makes the connection; closing them ends the client, which holds nothing else
     * @param head completed with the response's first part
     * @param body takes the response's body
     */
    @Nullable
    GuestHttpException run(ExchangeSockets sockets, CompletableFuture<GuestHttp.Response> head, BodyPipe body) {
        try {
            return exchange(sockets, head, body);
        } catch (IOException e) {
            return failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failures.unexpected();
        } catch (GuestHttpException e) {
            return e;
        }
    }

    private @Nullable GuestHttpException exchange(
            ExchangeSockets sockets, CompletableFuture<GuestHttp.Response> head, BodyPipe body)
            throws IOException, InterruptedException, GuestHttpException {
        HttpClientContext context = HttpClientContext.create();
        ClassicHttpResponse response = access.clients()
                .client(url.host(), allowed.privateAddresses(), access.names(), sockets)
                .executeOpen(new HttpHost(url.scheme(), url.host().name(), url.port()), request(), context);
        if (context.getRequest() == null) {
            return failures.proxyRefused(response.getCode()); // It is the answer to CONNECT, not the server's.
        }
        requestBody.close();
        head.complete(ResponseHead.of(response, redaction));
        HttpEntity entity = response.getEntity();
        return entity == null ? null : read(entity.getContent(), body);
    }

    private @Nullable GuestHttpException read(InputStream content, BodyPipe body)
            throws IOException, InterruptedException {
        long limit = access.settings().responseSize().bytes();
        long total = 0;
        byte[] block = new byte[BLOCK];
        for (int read = content.read(block); read >= 0; read = content.read(block)) {
            total += read;
            if (total > limit) {
                return failures.bodyTooLarge();
            }
            if (!body.put(block, read)) {
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

    private GuestHttpException failure(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BudgetExceededException) {
                return GuestHttpException.refused("The responses of a run can have at most "
                        + access.settings().totalResponseSize() + " together, headers and bodies");
            }
        }
        return switch (e) {
            case AddressRefusedException refused -> GuestHttpException.refused(String.valueOf(refused.getMessage()));
            case UnknownHostException _ -> failures.notFound();
            case SocketTimeoutException _ -> failures.connectTimedOut();
            case ConnectException _ -> failures.connectFailed();
            case NoRouteToHostException _ -> failures.connectFailed();
            case SSLException tls -> failures.tlsFailed(tls);
            case ClientProtocolException protocol -> failures.invalidResponse(protocol);
            case MalformedChunkCodingException chunk -> failures.invalidResponse(chunk);
            case MessageConstraintException constraint -> failures.invalidResponse(constraint);
            case NoHttpResponseException _ -> failures.closedEarly();
            case ConnectionClosedException _ -> failures.closedEarly();
            case EOFException _ -> failures.closedEarly();
            case SocketException _ -> failures.closedEarly();
            default -> failures.unexpected();
        };
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
            throw new UnsupportedOperationException("A spooled body can only be written");
        }

        @Override
        public void close() {
            // The exchange closes the body.
        }
    }
}
