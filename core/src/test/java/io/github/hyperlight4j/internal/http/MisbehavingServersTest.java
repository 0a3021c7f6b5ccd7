package io.github.hyperlight4j.internal.http;

import static io.github.hyperlight4j.internal.guest.GuestHttpException.Kind.FAILED;
import static io.github.hyperlight4j.internal.guest.GuestHttpException.Kind.REFUSED;
import static io.github.hyperlight4j.internal.guest.GuestHttpException.Kind.TIMED_OUT;
import static io.github.hyperlight4j.internal.http.HttpExchangesTest.assertFails;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import io.github.hyperlight4j.internal.http.GuestClient.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are slow, broken or hostile. */
@Timeout(60)
class MisbehavingServersTest {

    private static GuestClient client(RawServer server) {
        return new GuestClient().allow("bad.example:" + server.port());
    }

    private static String url(RawServer server) {
        return "http://bad.example:" + server.port() + "/";
    }

    @Test
    void runEndsOnTimeThoughTheServerNeverAnswers() throws Exception {
        try (RawServer server = RawServer.start((_, in, _) -> in.read())) {
            Instant begin = Instant.now();
            GuestClient client = client(server).runLasts(300);
            assertThrows(RunEndedException.class, () -> client.get(url(server)));
            assertTrue(Duration.between(begin, Instant.now()).compareTo(Duration.ofSeconds(5)) < 0);
        }
    }

    @Test
    void closeHangsUpOnAServerThatNeverAnswers() throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        try (RawServer server = RawServer.start((_, in, _) -> {
            if (in.read() < 0) {
                hungUp.countDown();
            }
        })) {
            assertFails(
                    TIMED_OUT,
                    "'bad.example' did not answer within 200 ms",
                    () -> client(server).responseTimeout(200).get(url(server)));
            assertTrue(hungUp.await(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void headThatDripsIsBoundedAsAWhole() throws Exception {
        try (RawServer server = RawServer.start((_, _, out) -> {
            for (char c : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".toCharArray()) {
                out.write(c);
                out.flush();
                Thread.sleep(100);
            }
        })) {
            assertFails(
                    TIMED_OUT,
                    "'bad.example' did not answer within 500 ms",
                    () -> client(server).responseTimeout(500).get(url(server)));
        }
    }

    @Test
    void bodyThatDripsArrivesAsItComes() throws Exception {
        try (RawServer server = RawServer.start((_, _, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n".getBytes(UTF_8));
            for (char c : "drips".toCharArray()) {
                out.write(c);
                out.flush();
                Thread.sleep(100);
            }
        })) {
            assertEquals(
                    "drips",
                    client(server).responseTimeout(2_000).get(url(server)).text());
            Instant begin = Instant.now();
            assertThrows(
                    RunEndedException.class, () -> client(server).runLasts(250).get(url(server)));
            assertTrue(Duration.between(begin, Instant.now()).compareTo(Duration.ofSeconds(5)) < 0);
        }
    }

    @Test
    void bodyThatStallsTimesOut() throws Exception {
        try (RawServer server = RawServer.start((_, in, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab".getBytes(UTF_8));
            out.flush();
            in.read();
        })) {
            assertFails(
                    TIMED_OUT,
                    "'bad.example' sent nothing more of its response within 300 ms",
                    () -> client(server).responseTimeout(300).get(url(server)));
        }
    }

    @Test
    void serverThatDoesNotAcceptIsAbandoned() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Socket> waiting = new ArrayList<>();
            try {
                fill(full, waiting);
                GuestClient client = new GuestClient().allow("bad.example:" + full.getLocalPort());
                String url = "http://bad.example:" + full.getLocalPort() + "/";
                assertFails(
                        TIMED_OUT,
                        "Connecting to 'bad.example' took longer than 300 ms",
                        () -> client.connectTimeout(300).get(url));
                Instant begin = Instant.now();
                assertThrows(
                        RunEndedException.class,
                        () -> client.connectTimeout(20_000).runLasts(300).get(url));
                assertTrue(Duration.between(begin, Instant.now()).compareTo(Duration.ofSeconds(5)) < 0);
            } finally {
                for (Socket socket : waiting) {
                    socket.close();
                }
            }
        }
    }

    /** Takes every place in the server's queue: then a connect gets no answer. */
    private static void fill(ServerSocket server, List<Socket> waiting) throws IOException {
        while (waiting.size() < 100) {
            Socket socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 200);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        throw new AssertionError("The queue does not fill");
    }

    @Test
    void tlsHandshakeThatNeverComesIsAbandoned() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            GuestClient client = new GuestClient().allow("bad.example:" + silent.getLocalPort());
            String url = "https://bad.example:" + silent.getLocalPort() + "/";
            assertFails(
                    TIMED_OUT,
                    "Connecting to 'bad.example' took longer than 300 ms",
                    () -> client.connectTimeout(300).get(url));
            Instant begin = Instant.now();
            assertThrows(
                    RunEndedException.class,
                    () -> client.connectTimeout(20_000).runLasts(300).get(url));
            assertTrue(Duration.between(begin, Instant.now()).compareTo(Duration.ofSeconds(5)) < 0);
        }
    }

    @Test
    void lookUpThatHangsIsAbandoned() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (RawServer server = RawServer.saying("")) {
            GuestClient client = client(server).runLasts(300).names(_ -> {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return new InetAddress[] {InetAddress.getLoopbackAddress()};
            });
            assertThrows(RunEndedException.class, () -> client.get(url(server)));
            release.countDown();
            Thread.sleep(200);
            assertEquals(0, server.requests(), "a run that is over makes no request");
        } finally {
            release.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
                "HTTP/1.1 99999999999 OK\r\n\r\n",
                "SSH-2.0-OpenSSH_9.9\r\n",
            })
    void whatIsNotHttpFails(String response) throws Exception {
        try (RawServer server = RawServer.saying(response)) {
            assertFails(FAILED, "'bad.example' ", () -> client(server).get(url(server)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nX: y\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            })
    void responseThatIsCutOffIsNotTakenForAWholeOne(String response) throws Exception {
        try (RawServer server = RawServer.saying(response)) {
            assertFails(FAILED, "'bad.example' ", () -> client(server).get(url(server)));
        }
    }

    @Test
    void endlessBodyStopsAtItsLimitAndTheServerIsHungUpOn() throws Exception {
        AtomicLong written = new AtomicLong();
        try (RawServer server = RawServer.start((_, _, out) -> {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8));
            byte[] chunk = new byte[10_000];
            while (true) {
                out.write(chunk);
                written.addAndGet(chunk.length);
            }
        })) {
            assertFails(
                    FAILED,
                    "The response of 'bad.example' is larger than 3000000 bytes",
                    () -> client(server).sizes(1, 3_000_000).get(url(server)));
            assertTrue(server.hungUp.await(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void guestThatDoesNotReadHoldsLittleOfAnEndlessBody() throws Exception {
        AtomicLong written = new AtomicLong();
        try (RawServer server = RawServer.start((_, _, out) -> {
                    out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8));
                    byte[] chunk = new byte[10_000];
                    while (true) {
                        out.write(chunk);
                        written.addAndGet(chunk.length);
                    }
                });
                HttpExchanges exchanges = client(server).sizes(1, 1L << 40).open()) {
            int request = exchanges.request("GET", url(server), "");
            exchanges.respond(request);
            Thread.sleep(500);
            long atRest = written.get();
            Thread.sleep(300);
            assertEquals(atRest, written.get(), "the server is made to wait");
            assertEquals(1 << 20, exchanges.receiveBody(request, -1).length, "what was read ahead, in one piece");
            exchanges.finish(request);
            assertTrue(server.hungUp.await(10, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: y\r\n", "X: yyyyyyyy", "HTTP/1.1 100 Continue\r\n\r\n"})
    void endlessHeadIsBounded(String part) throws Exception {
        try (RawServer server = RawServer.start((_, _, out) -> {
            out.write((part.startsWith("HTTP") ? "" : "HTTP/1.1 200 OK\r\n").getBytes(UTF_8));
            byte[] bytes = part.repeat(100).getBytes(UTF_8);
            while (true) {
                out.write(bytes);
            }
        })) {
            GuestClient client = client(server).responseTimeout(3_000);
            assertThrows(GuestHttpException.class, () -> client.get(url(server)));
            assertTrue(server.hungUp.await(10, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 100 Continue\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n|1;x=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\na\r\n",
            })
    void bytesAroundABodyCountToo(String said) throws Exception {
        String head = said.contains("|") ? said.substring(0, said.indexOf('|')) : "";
        String part = said.substring(said.indexOf('|') + 1).repeat(100);
        try (RawServer server = RawServer.start((_, _, out) -> {
            out.write(head.getBytes(UTF_8));
            while (true) {
                out.write(part.getBytes(UTF_8));
            }
        })) {
            assertFails(
                    REFUSED,
                    "The responses of a run can have at most 1 MiB together",
                    () -> client(server).totals(10, 1 << 20, 1 << 20).get(url(server)));
            assertTrue(server.hungUp.await(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void exchangesThatHangAfterTheirRunsAreBounded() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (RawServer server = RawServer.saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) {
            GuestClient client = client(server).runLasts(1).names(_ -> {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return new InetAddress[] {InetAddress.getLoopbackAddress()};
            });
            HttpAccess access = client.access();
            for (int i = 0; i < 500; i++) {
                assertThrows(RunEndedException.class, () -> client.exchange(access, url(server)));
            }
            client.runLasts(20_000);
            assertFails(FAILED, "Too many requests that are over", () -> client.exchange(access, url(server)));
            release.countDown();
            GuestHttpException e = null;
            for (int i = 0; i < 1000; i++) {
                try {
                    assertEquals(200, client.exchange(access, url(server)).status());
                    return;
                } catch (GuestHttpException tooMany) {
                    e = tooMany;
                    Thread.sleep(10);
                }
            }
            throw new AssertionError(e);
        } finally {
            release.countDown();
        }
    }

    @Test
    void fieldsOfTheConnectionAndSplitLinesDoNotReachTheGuest() throws Exception {
        try (RawServer server = RawServer.saying(String.join(
                "\r\n",
                "HTTP/1.1 200 Fi\tne",
                "Connection: close, X-Hop",
                "X-Hop: 1",
                "Keep-Alive: timeout=5",
                "Proxy-Authenticate: Basic",
                "Upgrade: h2c",
                "Trailer: X-T",
                "Transfer-Encoding: chunked",
                "Content-Length: 99",
                "X-Folded: a",
                " b",
                "X-Latin: \u00e9",
                "",
                "3",
                "abc",
                "0",
                "X-T: 1",
                "",
                ""))) {
            Answer answer = client(server).get(url(server));
            assertEquals("X-Folded: a b\r\nX-Latin: \u00e9\r\n", answer.fields());
            assertEquals("Fi ne", answer.reason());
            assertEquals("abc", answer.text());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: a\rSet-Cookie: b", "X: a\0b", "X y: a", "X\r: a"})
    void responseSplittingFails(String line) throws Exception {
        try (RawServer server = RawServer.saying("HTTP/1.1 200 OK\r\n" + line + "\r\nContent-Length: 0\r\n\r\n")) {
            assertFails(FAILED, "", () -> client(server).get(url(server)));
        }
    }

    @Test
    void secretThatAServerPutsIntoItsStatusOrItsNonsenseIsTakenOut() throws Exception {
        SecretHeader secret = SecretHeader.of("X-Key", "hunter22");
        try (RawServer server = RawServer.saying("HTTP/1.1 200 hunter22\r\nX: hunter22\r\nContent-Length: 0\r\n\r\n");
                RawServer nonsense = RawServer.saying("hunter22\r\n\r\n")) {
            Answer answer = new GuestClient()
                    .allow("http://bad.example:" + server.port(), secret)
                    .get(url(server));
            assertTrue(server.head().contains("X-Key: hunter22\r\n"));
            assertEquals("[removed]", answer.reason());
            assertFalse(answer.fields().contains("hunter22"));
            Exception e = assertThrows(
                    Exception.class,
                    () -> new GuestClient()
                            .allow("http://bad.example:" + nonsense.port(), secret)
                            .get(url(nonsense)));
            assertFalse(String.valueOf(e.getMessage()).contains("hunter22"), e.getMessage());
        }
    }

    @Test
    void serverThatAnswersEarlyIsHeard() throws Exception {
        try (RawServer server = RawServer.start((_, in, out) -> {
            out.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n".getBytes(ISO_8859_1));
            out.flush();
            in.readNBytes(100_000);
        })) {
            Answer answer = client(server).exchange("POST", url(server), "", new byte[100_000]);
            assertEquals(413, answer.status());
        }
    }
}
