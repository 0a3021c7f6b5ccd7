package io.github.hyperlight4j.internal.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.HttpSettings;
import io.github.hyperlight4j.internal.guest.GuestHttp;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Makes requests as a guest does, in a run that lasts as long as a test wants. */
final class GuestClient {

    private final List<AllowRule> rules = new ArrayList<>();
    private CheckedResolver.NameLookup names = _ -> new InetAddress[] {InetAddress.getLoopbackAddress()};
    private final HttpSettings.Builder settings = HttpSettings.builder()
            .responseTimeout(Duration.ofSeconds(20))
            .responseSize(ByteSize.ofMebibytes(10))
            .concurrency(4);
    private Duration run = Duration.ofSeconds(20);

    /** A name's addresses are this machine's, which is allowed for it. */
    GuestClient allow(String target, SecretHeader... headers) {
        return allow(target, AllowRule.USUAL_METHODS, true, headers);
    }

    GuestClient allowGetBodies(String target) {
        rules.add(new AllowRule(Target.parse(target), AllowRule.USUAL_METHODS, List.of(), true, true));
        return this;
    }

    GuestClient allow(String target, List<String> methods, boolean privateAddresses, SecretHeader... headers) {
        rules.add(new AllowRule(Target.parse(target), methods, List.of(headers), privateAddresses, false));
        return this;
    }

    GuestClient names(CheckedResolver.NameLookup names) {
        this.names = names;
        return this;
    }

    GuestClient tls(SSLContext tls) {
        settings.sslContext(tls);
        return this;
    }

    GuestClient proxy(int port, @Nullable String user) {
        settings.proxy(URI.create("http://127.0.0.1:" + port));
        if (user != null) {
            settings.proxyCredentials(user, "secret");
        }
        return this;
    }

    GuestClient connectTimeout(long millis) {
        settings.connectTimeout(Duration.ofMillis(millis));
        return this;
    }

    GuestClient responseTimeout(long millis) {
        settings.responseTimeout(Duration.ofMillis(millis));
        return this;
    }

    GuestClient sizes(long request, long response) {
        settings.requestSize(ByteSize.ofBytes(request)).responseSize(ByteSize.ofBytes(response));
        return this;
    }

    GuestClient totals(int requests, long sent, long received) {
        settings.requests(requests)
                .totalRequestSize(ByteSize.ofBytes(sent))
                .totalResponseSize(ByteSize.ofBytes(received));
        return this;
    }

    GuestClient runLasts(long millis) {
        run = Duration.ofMillis(millis);
        return this;
    }

    HttpAccess access() {
        return new HttpAccess(rules, settings.build(), names);
    }

    HttpExchanges open() {
        return open(access());
    }

    private HttpExchanges open(HttpAccess access) {
        long end = System.nanoTime() + run.toNanos();
        return access.open((future, nanoseconds) -> await(future, nanoseconds, end));
    }

    /** Gets a URL in a run of its own, with access that several runs use. */
    Answer exchange(HttpAccess access, String url) throws GuestHttpException, RunEndedException {
        try (HttpExchanges http = open(access)) {
            return exchange(http, "GET", url, "", new byte[0]);
        }
    }

    private static boolean await(CompletableFuture<?> future, long nanoseconds, long end) throws RunEndedException {
        long left = end - System.nanoTime();
        try {
            future.get(Math.min(nanoseconds, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            if (left <= nanoseconds) {
                throw new RunEndedException();
            }
            return false;
        } catch (ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            throw new RunEndedException();
        }
        return true;
    }

    /** A whole response. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Answer(int status, String reason, String fields, byte[] body) {
        String text() {
            return new String(body, ISO_8859_1);
        }
    }

    Answer get(String url) throws GuestHttpException, RunEndedException {
        return exchange("GET", url, "", new byte[0]);
    }

    Answer exchange(String method, String url, String fields, byte[] body)
            throws GuestHttpException, RunEndedException {
        try (HttpExchanges http = open()) {
            return exchange(http, method, url, fields, body);
        }
    }

    static Answer exchange(HttpExchanges http, String method, String url, String fields, byte[] body)
            throws GuestHttpException, RunEndedException {
        int request = http.request(method, url, fields);
        for (int sent = 0; sent < body.length; ) {
            int part = Math.min(100_000, body.length - sent);
            http.sendBody(request, ByteBuffer.wrap(body, sent, part));
            sent += part;
        }
        GuestHttp.Response response = http.respond(request);
        byte[] received = receive(http, request);
        http.finish(request);
        return new Answer(response.status(), response.reason(), response.fields(), received);
    }

    static byte[] receive(HttpExchanges http, int request) throws GuestHttpException, RunEndedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            byte[] part = http.receiveBody(request, 1 << 20);
            if (part.length == 0) {
                return body.toByteArray();
            }
            body.writeBytes(part);
        }
    }
}
