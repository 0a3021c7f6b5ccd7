package io.github.hyperlight4j.internal.http;

import static io.github.hyperlight4j.internal.guest.GuestHttpException.Kind.FAILED;
import static io.github.hyperlight4j.internal.guest.GuestHttpException.Kind.REFUSED;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import io.github.hyperlight4j.internal.http.GuestClient.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to servers that behave. */
@Timeout(60)
class HttpExchangesTest {

    private static final SecretHeader SECRET = SecretHeader.of("Authorization", "Bearer top-secret");

    private static RawServer http;
    private static RawServer https;
    private static SSLContext tls;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        tls = Certificates.selfSigned(folder, "dns:secure.example,ip:127.0.0.1");
        http = RawServer.start(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), HttpExchangesTest::answer);
        https = RawServer.start(
                tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                HttpExchangesTest::answer);
    }

    @AfterAll
    static void stop() throws IOException {
        http.close();
        https.close();
    }

    private static void answer(String head, InputStream in, OutputStream out) throws IOException {
        Matcher length = Pattern.compile("\r\nContent-Length: ([0-9]+)").matcher(head);
        byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        String path = head.split(" ", 3)[1];
        if (path.startsWith("/echo")) {
            byte[] said = (head + body.length + " bytes").getBytes(ISO_8859_1);
            String authorization = head.contains("Authorization: ")
                    ? head.substring(head.indexOf("Authorization: ") + 15)
                            .lines()
                            .findFirst()
                            .orElseThrow()
                    : "";
            write(
                    out,
                    "HTTP/1.1 200 OK\r\nContent-Length: " + said.length
                            + "\r\nSet-Cookie: session=1\r\nX-Said: you said " + authorization
                            + "\r\nConnection: close\r\n\r\n");
            out.write(said);
        } else if (path.equals("/mirror")) {
            write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < body.length; i += 10_000) {
                int size = Math.min(10_000, body.length - i);
                write(out, Integer.toHexString(size) + "\r\n");
                out.write(body, i, size);
                write(out, "\r\n");
            }
            write(out, "0\r\n\r\n");
        } else if (path.startsWith("/redirect")) {
            write(
                    out,
                    "HTTP/1.1 302 Found\r\nLocation: " + path.substring(path.indexOf('?') + 1)
                            + "\r\nContent-Length: 0\r\n\r\n");
        } else if (path.equals("/gzip")) {
            write(out, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write("plain".getBytes(UTF_8));
            }
        } else {
            write(out, "HTTP/1.1 204 No Content\r\n\r\n");
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(ISO_8859_1));
    }

    private static String plain(String path) {
        return "http://plain.example:" + http.port() + path;
    }

    private static String secure(String path) {
        return "https://secure.example:" + https.port() + path;
    }

    private static GuestClient client() {
        return new GuestClient().tls(tls).allow("plain.example:" + http.port()).allow("secure.example:" + https.port());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requestIsSentAsTheGuestWroteIt(boolean overTls) throws Exception {
        String url = overTls ? secure("/echo?a=%20b") : plain("/echo?a=%20b");
        Answer answer = client().exchange(
                        "post",
                        url,
                        "User-Agent: me\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 3\r\n",
                        "abc".getBytes(UTF_8));
        assertEquals(200, answer.status());
        String authority = url.substring(url.indexOf("//") + 2, url.indexOf("/echo"));
        assertEquals(
                "POST /echo?a=%20b HTTP/1.1\r\nUser-Agent: me\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\nHost: "
                        + authority + "\r\nContent-Length: 3\r\n\r\n3 bytes",
                answer.text());
        assertEquals(
                "Content-Length: " + answer.body().length + "\r\nSet-Cookie: session=1\r\nX-Said: you said\r\n",
                answer.fields());
    }

    @Test
    void nothingIsRememberedForTheNextRequest() throws Exception {
        try (HttpExchanges exchanges = client().open()) {
            GuestClient.exchange(exchanges, "GET", plain("/echo"), "", new byte[0]);
            Answer second = GuestClient.exchange(exchanges, "GET", plain("/echo"), "", new byte[0]);
            assertFalse(second.text().contains("session"), second.text());
        }
    }

    @Test
    void largeBodiesPassUnchangedBothWays() throws Exception {
        byte[] body = new byte[5_000_000];
        new Random(4).nextBytes(body);
        assertArrayEquals(
                body, client().exchange("PUT", secure("/mirror"), "", body).body());
        byte[] small = new byte[200_000];
        new Random(5).nextBytes(small);
        Answer answer = client().exchange("PUT", plain("/mirror"), "", small);
        assertArrayEquals(small, answer.body());
        assertFalse(answer.fields().toLowerCase(Locale.ROOT).contains("transfer-encoding"), answer.fields());
    }

    @Test
    void bodyLargerThanItsLimitFailsWithTheLimit() {
        GuestClient client = client().sizes(300_000, 1_000);
        assertFails(
                FAILED,
                "A request's body can have at most 300000 bytes",
                () -> client.exchange("PUT", plain("/mirror"), "", new byte[300_001]));
        assertFails(
                FAILED,
                "A request's body can have at most 300000 bytes",
                () -> client.exchange("PUT", plain("/mirror"), "Content-Length: 300001\r\n", new byte[0]));
        assertFails(
                FAILED,
                "The response of 'plain.example' is larger than 1000 bytes, the most that can be read",
                () -> client.exchange("PUT", plain("/mirror"), "", new byte[1_001]));
    }

    @Test
    void contentLengthThatIsNotTheBodysIsNotSent() {
        assertFails(
                FAILED,
                "Content-Length says 3 bytes, but the body has 2",
                () -> client().exchange("PUT", plain("/mirror"), "Content-Length: 3\r\n", new byte[2]));
    }

    @Test
    void responsesWithoutABodyEndAtOnce() throws Exception {
        assertEquals(0, client().get(plain("/none")).body().length);
        try (RawServer server = RawServer.saying("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")) {
            GuestClient client = new GuestClient().allow("a.example:" + server.port());
            Answer head = client.exchange("HEAD", "http://a.example:" + server.port(), "", new byte[0]);
            assertEquals("Content-Length: 5\r\n", head.fields());
            assertEquals(0, head.body().length);
        }
    }

    @Test
    void compressedBodyIsTheGuestsToDecompress() throws Exception {
        Answer answer = client().exchange("GET", plain("/gzip"), "Accept-Encoding: gzip\r\n", new byte[0]);
        assertTrue(answer.fields().contains("gzip"), answer.fields());
        assertEquals(
                "plain",
                new String(new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes(), UTF_8));
    }

    @Test
    void redirectIsTheGuestsToFollowAndCheckedLikeAnyRequest() throws Exception {
        Answer answer = client().get(plain("/redirect?http://evil.example/"));
        assertEquals(302, answer.status());
        assertTrue(answer.fields().contains("Location: http://evil.example/\r\n"), answer.fields());
        assertFails(
                REFUSED,
                "'http://evil.example/' is not allowed. Allowed: plain.example:",
                () -> client().get("http://evil.example/"));
    }

    @Test
    void secretGoesToItsOwnTargetAndIsNotSeenThere() throws Exception {
        GuestClient client = new GuestClient()
                .tls(tls)
                .allow("https://secure.example:" + https.port(), SECRET)
                .allow("plain.example:" + http.port());
        Answer own = client.exchange("GET", secure("/echo"), "authorization: mine\r\n", new byte[0]);
        assertTrue(own.text().contains("Authorization: Bearer top-secret"), own.text()); // The body is the server's.
        assertFalse(own.text().contains("mine"), own.text());
        assertTrue(own.fields().contains("you said [removed]\r\n"), own.fields());
        Answer other = client.get(plain("/echo"));
        assertFalse(other.text().contains("secret"), other.text());
    }

    @Test
    void overriddenMethodMustBeAllowedToo() {
        GuestClient client = new GuestClient().allow("plain.example:" + http.port(), List.of("POST"), true);
        assertFails(
                REFUSED,
                "The method 'DELETE' is not allowed",
                () -> client.exchange("POST", plain("/echo"), "X_HTTP_Method-Override: delete\r\n", new byte[0]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT", "trace", "GET /", "G\u00c9T", "", "GET\r\nX: y"})
    void methodThatIsNoneIsRefused(String method) {
        GuestHttpException e = assertThrows(
                GuestHttpException.class, () -> client().exchange(method, plain("/echo"), "", new byte[0]));
        assertEquals(REFUSED, e.kind());
    }

    @Test
    void nameThatStandsForThisMachineIsRefusedUnlessAllowed() {
        GuestClient client = new GuestClient().allow("plain.example:" + http.port(), AllowRule.USUAL_METHODS, false);
        assertFails(
                REFUSED,
                "The name 'plain.example' stands for an address that is not public",
                () -> client.get(plain("/echo")));
    }

    @Test
    void addressAndLocalhostAreReachedWhereTheyAreTheTarget() throws Exception {
        String port = ":" + http.port();
        GuestClient client = new GuestClient()
                .allow("127.0.0.1" + port, AllowRule.USUAL_METHODS, false)
                .allow("localhost" + port, AllowRule.USUAL_METHODS, false);
        assertEquals(200, client.get("http://127.0.0.1" + port + "/echo").status());
        assertEquals(200, client.get("http://localhost" + port + "/echo").status());
        assertFails(REFUSED, "'http://127.0.0.2", () -> client.get("http://127.0.0.2" + port + "/echo"));
    }

    @Test
    void connectionGoesToTheAddressThatWasChecked() throws Exception {
        AtomicInteger lookUps = new AtomicInteger();
        try (RawServer other =
                RawServer.start("127.0.0.2", (_, _, out) -> out.write("HTTP/1.0 500 x\r\n\r\n".getBytes(UTF_8)))) {
            GuestClient client = client().allow("plain.example:" + other.port())
                    .names(_ -> new InetAddress[] {
                        InetAddress.ofLiteral(lookUps.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2")
                    });
            assertEquals(200, client.get(plain("/echo")).status());
            assertEquals(1, lookUps.get());
            assertEquals(
                    500,
                    client.get("http://plain.example:" + other.port() + "/").status());
        }
    }

    @Test
    void nextAddressIsTriedWhenOneDoesNotAnswer() throws Exception {
        GuestClient client = client().names(_ ->
                new InetAddress[] {InetAddress.ofLiteral("127.0.0.99"), InetAddress.ofLiteral("127.0.0.1")});
        assertEquals(200, client.get(plain("/echo")).status());
    }

    @Test
    void certificateMustBeTrustedAndForThatHost() {
        GuestClient distrusting = client().tls(defaultTls());
        assertFails(
                FAILED, "A secure connection with 'secure.example' failed: ", () -> distrusting.get(secure("/echo")));
        String url = secure("/echo").replace("secure", "other");
        GuestClient other = client().allow("other.example:" + https.port());
        assertFails(FAILED, "A secure connection with 'other.example' failed: ", () -> other.get(url));
    }

    @Test
    void failuresTellNothingOfTheHostsNetwork() throws IOException {
        try (Socket deaf = new Socket()) {
            // Its port is taken, and not listened on.
            deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String target = "plain.example:" + deaf.getLocalPort();
            GuestClient client = client().allow(target).names(name -> {
                if (name.equals("secure.example")) {
                    throw new UnknownHostException("asked 10.0.0.53");
                }
                return new InetAddress[] {InetAddress.getLoopbackAddress()};
            });
            assertFails(FAILED, "Connecting to 'plain.example' failed", () -> client.get("http://" + target + "/"));
            assertFails(FAILED, "'secure.example' was not found", () -> client.get(secure("/")));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 7, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void unknownNumberFails(int number) throws Exception {
        try (HttpExchanges exchanges = client().open()) {
            assertFails(FAILED, "There is no open request", () -> exchanges.respond(number));
            assertFails(FAILED, "There is no open request", () -> exchanges.receiveBody(number, 1));
            assertFails(FAILED, "There is no open request", () -> {
                exchanges.sendBody(number, ByteBuffer.allocate(1));
                return null;
            });
            exchanges.finish(number);
        }
    }

    @Test
    void functionsOutOfOrderFail() throws Exception {
        try (HttpExchanges exchanges = client().open()) {
            int unsent = exchanges.request("GET", plain("/echo"), "");
            assertFails(FAILED, "There is no response yet", () -> exchanges.receiveBody(unsent, 1));
            int sent = exchanges.request("GET", plain("/echo"), "");
            exchanges.respond(sent);
            assertFails(FAILED, "At least one byte", () -> exchanges.receiveBody(sent, 0));
            int twice = exchanges.request("GET", plain("/echo"), "");
            exchanges.respond(twice);
            assertFails(FAILED, "The request has been sent already", () -> exchanges.respond(twice));
        }
    }

    @Test
    void onlySoManyAreOpenAtOnce() throws Exception {
        try (HttpExchanges exchanges = client().open()) {
            int first = exchanges.request("GET", plain("/echo"), "");
            for (int i = 1; i < 4; i++) {
                exchanges.request("GET", plain("/echo"), "");
            }
            assertFails(
                    FAILED,
                    "At most 4 requests can be open at once",
                    () -> exchanges.request("GET", plain("/echo"), ""));
            exchanges.finish(first);
            exchanges.request("GET", plain("/echo"), "");
        }
    }

    @Test
    void requestsOfARunAreBounded() throws Exception {
        GuestClient client = client().totals(2, 1 << 20, 1 << 20);
        for (int run = 0; run < 2; run++) {
            try (HttpExchanges exchanges = client.open()) {
                assertFails(
                        REFUSED, "'http://evil.example/'", () -> exchanges.request("GET", "http://evil.example/", ""));
                GuestClient.exchange(exchanges, "GET", plain("/echo"), "", new byte[0]);
                GuestClient.exchange(exchanges, "GET", plain("/echo"), "", new byte[0]);
                assertFails(
                        REFUSED,
                        "At most 2 requests can be made in a run",
                        () -> exchanges.request("GET", plain("/echo"), ""));
            }
        }
    }

    @Test
    void bytesThatARunSendsAreBounded() throws Exception {
        String message = "The requests of a run can have at most 1000 bytes together, headers and bodies";
        try (HttpExchanges exchanges = client().totals(100, 1000, 1 << 20).open()) {
            GuestClient.exchange(exchanges, "PUT", plain("/mirror"), "", new byte[600]);
            assertFails(
                    REFUSED,
                    message,
                    () -> GuestClient.exchange(exchanges, "PUT", plain("/mirror"), "", new byte[600]));
            String fields = "X: " + "y".repeat(400) + "\r\n";
            assertFails(REFUSED, message, () -> exchanges.request("GET", plain("/"), fields));
            assertEquals(
                    200,
                    GuestClient.exchange(exchanges, "PUT", plain("/mirror"), "", new byte[200])
                            .status());
        }
        try (HttpExchanges exchanges = client().totals(100, 1000, 1 << 20).open()) {
            String fields = "X: " + "y".repeat(1000) + "\r\n";
            assertFails(REFUSED, message, () -> exchanges.request("GET", plain("/"), fields));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bytesThatARunReceivesAreBounded(boolean overTls) throws Exception {
        String url = overTls ? secure("/mirror") : plain("/mirror");
        try (HttpExchanges exchanges = client().totals(100, 1 << 20, 50_000).open()) {
            GuestClient.exchange(exchanges, "PUT", url, "", new byte[30_000]);
            for (int i = 0; i < 2; i++) {
                assertFails(
                        REFUSED,
                        "The responses of a run can have at most 50000 bytes together, headers and bodies",
                        () -> GuestClient.exchange(exchanges, "PUT", url, "", new byte[30_000]));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "HEAD", "OPTIONS"})
    void bodyThatAServerMayTakeForTheNextRequestIsRefused(String method) throws Exception {
        byte[] smuggled = "GET /admin HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8);
        String message = "A body cannot be sent with " + method.toUpperCase(Locale.ROOT);
        try (RawServer server = RawServer.saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            GuestClient client = new GuestClient().allow("a.example:" + server.port());
            String url = "http://a.example:" + server.port() + "/";
            assertFails(REFUSED, message, () -> client.exchange(method, url, "", smuggled));
            assertFails(
                    REFUSED,
                    message,
                    () -> client.exchange(method, url, "Content-Length: " + smuggled.length + "\r\n", smuggled));
            assertEquals(0, server.requests());
            client.exchange(method, url, "Content-Length: 0\r\n", new byte[0]);
            assertEquals(1, server.requests());
        }
    }

    @Test
    void bodyWithGetIsSentWhereItIsAllowed() throws Exception {
        GuestClient client = new GuestClient().allowGetBodies("plain.example:" + http.port());
        Answer answer = client.exchange("GET", plain("/echo"), "", "abc".getBytes(UTF_8));
        assertTrue(answer.text().endsWith("Content-Length: 3\r\n\r\n3 bytes"), answer.text());
    }

    @Test
    void connectionIsCheckedByHostAndPort() throws Exception {
        GuestClient client = new GuestClient()
                .allow("both.example")
                .allow("http://plain.example/v1")
                .allow("https://[2001:db8::1]")
                .allow("other.example:8443");
        try (HttpExchanges exchanges = client.open()) {
            for (String allowed : List.of(
                    "both.example:80",
                    "BOTH.example.:443",
                    "plain.example:80",
                    "[2001:DB8:0::1]:443",
                    "other.example:8443")) {
                assertEquals(0, exchanges.request("CONNECT", allowed, ""), allowed);
            }
            for (String refused : List.of(
                    "both.example:8443",
                    "plain.example:443",
                    "[2001:db8::1]:80",
                    "other.example:443",
                    "a.both.example:80")) {
                assertFails(REFUSED, "'", () -> exchanges.request("CONNECT", refused, ""));
            }
            assertFails(
                    REFUSED,
                    "'http://evil.example/' is not allowed. Allowed: both.example, ",
                    () -> exchanges.request("CONNECT", "evil.example:80", ""));
            assertFails(
                    REFUSED,
                    "'evil.example:25' is not allowed. Allowed: both.example, ",
                    () -> exchanges.request("CONNECT", "evil.example:25", ""));
            for (String malformed :
                    List.of("", ":80", "both.example", "both.example:0", "u@both.example:80", "127.1:80")) {
                assertFails(REFUSED, "", () -> exchanges.request("CONNECT", malformed, ""));
            }
            assertFails(
                    REFUSED,
                    "The method CONNECT cannot be used",
                    () -> exchanges.request("CONNECT", "both.example:80", "X: y\r\n"));
            exchanges.finish(0);
            assertFails(FAILED, "There is no open request", () -> exchanges.respond(0));
        }
        try (HttpExchanges exchanges = new GuestClient().open()) {
            assertFails(
                    REFUSED,
                    "This sandbox has no network: no host is allowed",
                    () -> exchanges.request("CONNECT", "both.example:80", ""));
        }
    }

    @Test
    void destinationOfACopyMustBeAllowedToo() throws Exception {
        GuestClient client = new GuestClient().allow("plain.example:" + http.port() + "/echo", List.of("COPY"), true);
        Answer answer = client.exchange("COPY", plain("/echo/a"), "Destination: /echo/%62\r\n", new byte[0]);
        assertTrue(answer.text().contains("Destination: " + plain("/echo/b") + "\r\n"), answer.text());
        for (String destination : List.of("/admin", "http://evil.example/echo/")) {
            assertFails(
                    REFUSED,
                    "'http://",
                    () -> client.exchange(
                            "COPY", plain("/echo/a"), "Destination: " + destination + "\r\n", new byte[0]));
        }
    }

    @Test
    void withAProxyItConnectsForTheHostAndGetsNoSecrets() throws Exception {
        String target = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        try (RawServer proxy = RawServer.saying(target)) {
            GuestClient client = new GuestClient().allow("plain.example/x").proxy(proxy.port(), null);
            assertEquals("ok", client.get("http://plain.example/x?y").text());
            assertTrue(proxy.head().startsWith("GET http://plain.example/x?y HTTP/1.1\r\n"));
            assertFails(REFUSED, "'http://plain.example/' is not allowed", () -> client.get("http://plain.example/"));
        }
        try (RawServer proxy = RawServer.saying("HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\nsecret")) {
            GuestClient client =
                    new GuestClient().allow("secure.example", SECRET).proxy(proxy.port(), null);
            assertFails(
                    FAILED,
                    "The proxy did not connect to 'secure.example': it answered with status 403",
                    () -> client.get("https://secure.example/"));
            String head = proxy.head();
            assertTrue(head.startsWith("CONNECT secure.example:443 HTTP/1.1\r\n"), head);
            assertFalse(head.contains("secret"), head);
        }
    }

    @Test
    void proxyGetsItsCredentialsWhenItAsksForThem() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (RawServer proxy = RawServer.start((_, _, out) -> out.write((asked.getAndIncrement() == 0
                        ? "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=p\r\nContent-Length: 0\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                .getBytes(UTF_8)))) {
            GuestClient client = new GuestClient().allow("plain.example").proxy(proxy.port(), "me");
            assertEquals("ok", client.get("http://plain.example/").text());
            assertFalse(proxy.head().contains("Proxy-Authorization"));
            assertTrue(proxy.head().contains("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n"));
        }
    }

    private static SSLContext defaultTls() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** What a guest does. */
    @FunctionalInterface
    interface Use {
        Object run() throws GuestHttpException, RunEndedException;
    }

    static void assertFails(GuestHttpException.Kind kind, String message, Use use) {
        GuestHttpException e = assertThrows(GuestHttpException.class, use::run);
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
        assertEquals(kind, e.kind());
    }
}
