package io.github.hyperlight4j;

import static io.github.hyperlight4j.Programs.error;
import static io.github.hyperlight4j.Programs.output;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.internal.http.Certificates;
import io.github.hyperlight4j.internal.http.RawServer;
import io.github.hyperlight4j.testing.ChildJvm;
import io.github.hyperlight4j.testing.RequiresVm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Python's own HTTP libraries in a real micro-VM, and servers in this JVM. */
@RequiresVm
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NetworkVmTest {

    private RawServer http;
    private RawServer https;
    private Sandbox sandbox;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        SSLContext tls = Certificates.selfSigned(folder, "dns:localhost,ip:127.0.0.1");
        http = RawServer.start(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), NetworkVmTest::answer);
        https = RawServer.start(
                tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                NetworkVmTest::answer);
        sandbox = Sandbox.of(SandboxConfig.builder()
                .allowedDomain(AllowedDomain.of("http://localhost:" + http.port(), "GET", "POST", "HEAD"))
                .allowedDomain(AllowedDomain.of("https://127.0.0.1:" + https.port() + "/v1")
                        .withHeader("Authorization", "Bearer top-secret"))
                .http(HttpSettings.builder().sslContext(tls).build())
                .limits(Limits.builder().wallTime(Duration.ofMinutes(2)).build())
                .build());
    }

    @AfterAll
    void stop() throws IOException {
        sandbox.close();
        http.close();
        https.close();
    }

    private static void answer(String head, InputStream in, OutputStream out) throws IOException {
        Matcher length = Pattern.compile("\r\nContent-Length: ([0-9]+)").matcher(head);
        byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        String path = head.split(" ", 3)[1];
        if (path.startsWith("/to?")) {
            write(out, "HTTP/1.1 302 Found\r\nLocation: " + path.substring(4) + "\r\nContent-Length: 0\r\n\r\n");
        } else if (path.endsWith("/zeros")) {
            write(out, "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n");
            out.write(new byte[5_000_000]);
        } else if (path.endsWith("/silence")) {
            in.read();
        } else if (path.endsWith("/missing")) {
            write(out, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone");
        } else {
            String said = "{\"path\": \"" + path + "\", \"method\": \"" + head.split(" ", 2)[0] + "\", \"body\": \""
                    + new String(body, ISO_8859_1).replace("\"", "'") + "\", \"secret\": "
                    + head.contains("\r\nAuthorization: Bearer top-secret\r\n") + "}";
            write(
                    out,
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + said.length() + "\r\n\r\n"
                            + said);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(ISO_8859_1));
    }

    /** A program that knows the servers' URLs. */
    private String program(String code) {
        return "HTTP = 'http://localhost:" + http.port() + "'\nHTTPS = 'https://127.0.0.1:" + https.port() + "/v1'\n"
                + code;
    }

    @Test
    void pythonsOwnLibrariesWork() {
        assertEquals("""
                urllib GET /a?b=c False
                urllib POST x=1 True
                http.client 200 HEAD-less /d
                requests GET /e?q=%C3%A9 application/json
                requests POST {'k': 1} True
                """, output(sandbox, program("""
                        import http.client, json, urllib.request
                        a = json.load(urllib.request.urlopen(HTTP + '/a?b=c'))
                        print('urllib', a['method'], a['path'], a['secret'])
                        a = json.load(urllib.request.urlopen(HTTPS + '/x', data=b'x=1'))
                        print('urllib', a['method'], a['body'], a['secret'])
                        connection = http.client.HTTPConnection(HTTP.split('//')[1])
                        connection.request('GET', '/d')
                        response = connection.getresponse()
                        print('http.client', response.status, 'HEAD-less', json.loads(response.read())['path'])
                        import requests
                        r = requests.get(HTTP + '/e', params={'q': 'é'})
                        print('requests', r.json()['method'], r.json()['path'], r.headers['Content-Type'])
                        r = requests.Session().post(HTTPS + '/y', json={'k': 1})
                        print('requests', r.json()['method'], r.json()['body'], r.json()['secret'])
                        """)));
    }

    @Test
    void largeResponseStreams() {
        assertEquals("5000000 5000000\n", output(sandbox, program("""
                        import requests, urllib.request
                        size = 0
                        with urllib.request.urlopen(HTTP + '/zeros') as response:
                            while chunk := response.read(100_000):
                                size += len(chunk)
                        with requests.get(HTTP + '/zeros', stream=True) as r:
                            print(size, sum(len(c) for c in r.iter_content(100_000)))
                        """)));
    }

    @Test
    void errorStatusIsWhatTheLibrariesMakeOfIt() {
        assertEquals("404 gone 404\n", output(sandbox, program("""
                        import requests, urllib.error, urllib.request
                        try:
                            urllib.request.urlopen(HTTP + '/missing')
                        except urllib.error.HTTPError as e:
                            print(e.code, e.read().decode(), requests.get(HTTP + '/missing').status_code)
                        """)));
    }

    @Test
    void refusalIsAnExceptionThatSaysWhatIsAllowed() {
        String refusals = output(sandbox, program("""
                import requests, urllib.request
                for url in ['http://evil.example/', 'https://localhost:1/', HTTPS[:-2] + 'other', HTTPS + '/../other',
                            'http://2130706433/', 'http://user:password@localhost/', HTTP + '/to?http://evil.example/']:
                    for get in urllib.request.urlopen, requests.get:
                        try:
                            get(url)
                            print('not refused:', url)
                        except Exception as e:
                            print(e)
                try:
                    urllib.request.urlopen(urllib.request.Request(HTTP + '/', method='DELETE'))
                except OSError as e:
                    print(e)
                """));
        assertFalse(refusals.contains("not refused"), refusals);
        assertTrue(
                refusals.contains("'http://evil.example/' is not allowed. Allowed: http://localhost:" + http.port()
                        + " (GET, HEAD, POST), https://127.0.0.1:" + https.port() + "/v1"),
                refusals);
        assertTrue(
                refusals.contains("The method 'DELETE' is not allowed for 'http://localhost:" + http.port()
                        + "/'. Allowed there: GET, HEAD, POST"),
                refusals);
        assertFalse(refusals.contains("secret"), refusals);
    }

    @Test
    void redirectIsFollowedWhereItIsAllowed() {
        assertEquals("/v1/z True\n/v1/z True\n", output(sandbox, program("""
                        import json, requests, urllib.request
                        a = json.load(urllib.request.urlopen(HTTP + '/to?' + HTTPS + '/z'))
                        print(a['path'], a['secret'])
                        a = requests.get(HTTP + '/to?' + HTTPS + '/z').json()
                        print(a['path'], a['secret'])
                        """)));
    }

    @Test
    void helpersOfTheOtherSdksWork() {
        assertEquals("200 GET\n200 POST\n", output(sandbox, program("""
                        import json
                        a = http_get(HTTP + '/a')
                        print(a['status'], json.loads(a['body'])['method'])
                        a = http_post(HTTP + '/a', body='x')
                        print(a['status'], json.loads(a['body'])['method'])
                        """)));
    }

    @Test
    void runEndsOnTimeThoughAServerIsSilent() {
        RunResult result = sandbox.run(
                program("import urllib.request\nprint('asking')\nurllib.request.urlopen(HTTP + '/silence')"),
                sandbox.config().toBuilder()
                        .limits(Limits.builder().wallTime(Duration.ofSeconds(3)).build())
                        .build());
        assertEquals(new Outcome.TimedOut(Duration.ofSeconds(3)), result.outcome());
        assertEquals("asking\n", result.stdout());
    }

    @Test
    void firstRequestsOfAProcessEndOnTime() throws Exception {
        assertEquals(
                List.of(
                        "This sandbox has no network: no host is allowed True",
                        new Outcome.TimedOut(Duration.ofSeconds(3)) + " true"),
                ChildJvm.run(FirstRequestProgram.class, List.of("--enable-native-access=ALL-UNNAMED"), List.of()));
    }

    @Test
    void connectionToWhatIsNotAllowedFailsWhenItIsMade() {
        String port = String.valueOf(http.port());
        assertEquals(
                """
                'http://evil.example/' is not allowed. Allowed: LIST
                'evil.example:25' is not allowed. Allowed: LIST
                'http://[2001:db8::1]/' is not allowed. Allowed: LIST
                True
                connected
                """.replace(
                        "LIST",
                        "http://localhost:" + port + " (GET, HEAD, POST), https://127.0.0.1:" + https.port() + "/v1"),
                output(sandbox, program("""
                        import errno, hyperlight, socket
                        for address in ('evil.example', 80), ('evil.example', 25), ('2001:db8::1', 80, 0, 0):
                            try:
                                socket.socket().connect(address)
                                print('connected')
                            except hyperlight.RequestRefused as e:
                                print(e)
                        print(socket.socket().connect_ex(('evil.example', 443)) == errno.EACCES)
                        with socket.create_connection(('localhost', PORT)):
                            print('connected')
                        """.replace("PORT", port))));
    }

    @Test
    void requestsAndBytesOfARunAreBounded() {
        SandboxConfig bounded = sandbox.config().toBuilder()
                .http(sandbox.config().http().toBuilder()
                        .requests(3)
                        .totalRequestSize(ByteSize.ofKibibytes(100))
                        .totalResponseSize(ByteSize.ofMebibytes(1))
                        .build())
                .build();
        assertEquals("""
                PermissionError The requests of a run can have at most 100 KiB together, headers and bodies
                PermissionError The responses of a run can have at most 1 MiB together, headers and bodies
                PermissionError The responses of a run can have at most 1 MiB together, headers and bodies
                PermissionError At most 3 requests can be made in a run
                """, sandbox.run(program("""
                        for request in (lambda: http_post(HTTP + '/', body='x' * 200_000), lambda: http_get(HTTP + '/zeros'),
                                        lambda: http_get(HTTP + '/'), lambda: http_get(HTTP + '/')):
                            try:
                                request()
                                print('done')
                            except PermissionError as e:
                                print('PermissionError', e)
                        """), bounded).stdout());
    }

    @Test
    void bodyWithGetIsRefused() {
        assertEquals("""
                A body cannot be sent with GET, for a server may take it for the next request: use another method, or have \
                the application allow it for this URL
                """, output(sandbox, program("""
                        import http.client
                        try:
                            http.client.HTTPConnection(HTTP.split('//')[1]).request('GET', '/', body='GET /admin HTTP/1.1')
                        except PermissionError as e:
                            print(e)
                        """)));
    }

    @Test
    void sandboxWithoutEntriesHasNoNetwork() {
        try (Sandbox closed = Sandbox.builder().build()) {
            Outcome.PythonError e = error(closed, program("import urllib.request\nurllib.request.urlopen(HTTP + '/')"));
            assertTrue(e.message().contains("no host is allowed"), e.message());
        }
    }
}
