package io.github.hyperlight4j.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.internal.guest.GuestHttpException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which URLs, methods and headers pass, as a guest writes them. */
class AllowListTest {

    @ParameterizedTest
    @CsvSource({
        "example.com, http://example.com/",
        "example.com, https://EXAMPLE.com",
        "example.com, https://example.com.:443/x?y#z",
        "example.com:8443, http://example.com:8443/",
        "example.com:8443, https://example.com:8443/",
        "https://example.com/v1/, https://example.com/v1",
        "https://example.com/v1, https://example.com/v1/users/%2e%2ehidden",
        "https://example.com/v1, https://example.com/v1?x=../..",
        "https://example.com/v1, https://example.com/%76%31/users",
        "'[::1]', 'http://[0:0:0:0:0:0:0:1]/'",
    })
    void targetMatches(String target, String url) throws Exception {
        assertTrue(Target.parse(target).matches(Url.parse(url)));
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, https://www.example.com/",
        "example.com, https://example.com.evil.example/",
        "example.com, https://example.com:8443/",
        "example.com, http://example.com:443/",
        "example.com:8443, https://example.com/",
        "https://example.com, http://example.com/",
        "https://example.com, http://example.com:443/",
        "https://example.com/v1, https://example.com/",
        "https://example.com/v1, https://example.com/v10",
        "https://example.com/v1, https://example.com/V1/",
        "https://example.com/v1/x, https://example.com/v1%2fx",
        "https://example.com/v1, https://example.com/x//v1",
        "https://example.com/v1, https://example.com/v1%3b/",
    })
    void targetDoesNotMatch(String target, String url) throws Exception {
        GuestHttpException e = refused(target, "GET", url);
        assertTrue(e.getMessage().endsWith("is not allowed. Allowed: " + Target.parse(target)), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.com",
                "//example.com/",
                "https:example.com",
                "https:/example.com",
                "https:///example.com",
                "file:///etc/passwd",
                "gopher://example.com/",
                "https://example.com@evil.example/",
                "https://user:password@example.com/",
                "https://@example.com/",
                "https://example.com:443@evil.example/",
                "https://evil.example\\@example.com/",
                "https:\\\\example.com/",
                "https://example.com\\.evil.example/",
                "https://example.com:/",
                "https://example.com:+443/",
                "https://example.com:443443/",
                "https://example.com: 443/",
                "https://exa\tmple.com/",
                "https://example.com/a b",
                "https://example.com/\r\nX: y",
                "https://example.com/\0",
                "https://example.com/%00",
                "https://example.com/%0d%0a",
                "https://example.com/?q=%00",
                "https://example.com/%",
                "https://example.com/%zz",
                "https://example.com/%2",
                "https://example%2ecom/",
                "https://example.com/é",
                "https://ⓔxample.com/",
                "https://example。com/",
                "https://example..com/",
                "https://.example.com/",
                "https://example.com../",
                "https://[::1",
                "https://[::1]evil/",
                "https://[::1%25lo]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[example.com]/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.1/",
                "http://127.1/",
                "http://017700000001/",
                "http://0177.0.0.1/",
                "http://127.0.0.01/",
                "http://127.0.0.1.2/",
                "http://256.0.0.1/",
                "http://example.1/",
                "http://example.0x/",
                "https://example.com//evil.example/",
                "https://example.com/v1/../admin",
                "https://example.com/v1/./admin",
                "https://example.com/v1/%2e%2e/admin",
                "https://example.com/v1/.%2E/admin",
                "https://example.com/v1/%252e%252e/admin",
                "https://example.com/v1/..%2fadmin",
                "https://example.com/v1/..%5cadmin",
                "https://example.com/v1/a%2f..%2f..%2fadmin",
                "https://example.com/v1/..;x=1/admin",
                "https://example.com/v1/%2e%2e%3b/admin",
                "https://example.com/v1/..%20/admin",
                "https://example.com/v1/%c0%ae%c0%ae/admin",
                "https://example.com/..",
                "https://example.com/v1/%c0%ae",
                "https://example.com/v1/a%c0%af..",
                "https://example.com/v1/%c0%2e%c0%2e/admin",
                "https://example.com/v1/%e0%80%ae%e0%80%ae/admin",
                "https://example.com/v1/x%e0%80%afy",
                "https://example.com/v1/x%f0%80%80%afy",
                "https://example.com/v1/x%f8%80%80%80%afy",
                "https://example.com/v1/x%fc%80%80%80%80%afy",
                "https://example.com/v1/x%c1%9cy",
                "https://example.com/v1/x%25c0%25afy",
                "https://example.com/v1/x%c0%25afy",
                "https://example.com/v1/%ef%bc%8e%ef%bc%8e/admin",
                "https://example.com/v1/x%ef%bc%8e",
                "https://example.com/v1/x%EF%BC%8Fy",
                "https://example.com/v1/x%ef%bc%bcy",
                "https://example.com/v1/%ef%bc%852e%ef%bc%852e/admin",
                "https://example.com/v1/x%25ef%25bc%258fy",
                "https://example.com/v1/%e2%80%a4%e2%80%a4/admin",
                "https://example.com/v1/%e2%80%a5/admin",
                "https://example.com/v1/a%e2%88%95..%e2%88%95admin",
                "https://example.com/v1/a%c2%a5..%c2%a5admin",
                "https://example.com/v1/%25u002e%25u002e/admin",
                "https://example.com/v1/x%25uff0f",
                "https://example.com/v1/..%2500/admin",
                "https://example.com/v1/.%20./admin",
                "https://example.com/v1/%ff/%2e%2e",
                "https://example.com/v1/.%ef%bc%8f%af%3b",
            })
    void urlThatPartiesMightReadDifferentlyIsRefused(String url) {
        assertThrows(Url.SyntaxException.class, () -> Url.parse(url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/...",
                "/a..b/..c/d..",
                "/.well-known/x",
                "/caf%C3%A9",
                "/caf%E9",
                "/voil%E0/x",
                "/%E2%80%A6",
                "/%E3%83%95%E3%82%A1%E3%82%A4%E3%83%AB",
                "/100%25",
                "/a%252Fb",
                "/a;v=1/b",
                "/%F0%9F%98%80",
                "/a//b",
            })
    void pathWithOneReadingPassesUnchanged(String path) throws Exception {
        assertEquals(path, Url.parse("https://example.com" + path).path());
    }

    @Test
    void urlIsSentInTheFormThatWasChecked() throws Exception {
        assertEquals(
                "/a~b/%2F%C3%A9;p=1/%7B%7D%5B%5D?q[]=%7C&r=%22~#'?".replace("#", ""),
                Url.parse("http://example.com/a%7eb/%2f%c3%a9;p=1/{}[]?q[]=|&r=\"%7e'?#frag")
                        .pathAndQuery());
        assertEquals("/?", Url.parse("http://example.com?").pathAndQuery());
        assertEquals("/", Url.parse("http://example.com#x").pathAndQuery());
    }

    @Test
    void methodThatIsNotAllowedThereNamesThoseThatAre() throws Exception {
        assertEquals(
                "The method 'DELETE' is not allowed for 'https://example.com/'. Allowed there: GET, POST",
                refused("example.com", "DELETE", "https://example.com/").getMessage());
    }

    @Test
    void withoutEntriesThereIsNoNetwork() {
        AllowList none = new AllowList(List.of());
        GuestHttpException e =
                assertThrows(GuestHttpException.class, () -> none.check("GET", Url.parse("http://example.com/")));
        assertEquals("This sandbox has no network: no host is allowed", e.getMessage());
        assertEquals(GuestHttpException.Kind.REFUSED, e.kind());
    }

    @Test
    void messageOfALongListIsShort() throws Exception {
        AllowList list = new AllowList(IntStream.range(0, 1000)
                .mapToObj(i -> rule("host" + i + ".example", List.of("GET")))
                .toList());
        GuestHttpException e =
                assertThrows(GuestHttpException.class, () -> list.check("GET", Url.parse("http://example.com/")));
        assertTrue(e.getMessage().endsWith("host115.example (GET) and 980 more"), e.getMessage());
    }

    @Test
    void secretsGoOnlyWithWhatTheirOwnEntryAllows() throws Exception {
        AllowList list = new AllowList(List.of(
                rule("api.example", List.of("GET"), SecretHeader.of("X-Key", "wide")),
                rule("https://api.example/v1", List.of("GET", "POST"), SecretHeader.of("x_key", "narrow")),
                rule("api.example:81", List.of("GET"), SecretHeader.of("X-Key", "port")),
                rule("http://plain.example", List.of("GET"), SecretHeader.of("X-Key", "plain")),
                rule("other.example", List.of("GET"))));
        assertEquals(List.of("wide"), secrets(list, "GET", "https://api.example/"));
        assertEquals(List.of("narrow"), secrets(list, "GET", "https://api.example/v1/x"));
        assertEquals(List.of("narrow"), secrets(list, "POST", "https://api.example/v1/x"));
        assertEquals(List.of("port"), secrets(list, "GET", "https://api.example:81/"));
        assertEquals(List.of("plain"), secrets(list, "GET", "http://plain.example/"));
        assertEquals(List.of(), secrets(list, "GET", "http://api.example/"));
        assertEquals(List.of(), secrets(list, "GET", "http://api.example:81/"));
        assertEquals(List.of(), secrets(list, "GET", "https://other.example/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: evil.example\r\n",
                "Host: example.com:8080\r\n",
                "Host: example.com@evil.example\r\n",
                "Host: example.com\r\nHost: example.com\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: +1\r\n",
                "Content-Length: 1, 1\r\n",
                "Content-Length: 9999999999999999999\r\n",
                "Content-Length: 1\r\nContent-Length: 1\r\n",
                "Transfer-Encoding: chunked\r\n",
                "Transfer_Encoding: chunked\r\n",
                "Connection: close, X-Key\r\n",
                "Connection: Upgrade\r\n",
                "Upgrade: websocket\r\n",
                "Proxy-Authorization: Basic eA==\r\n",
                "proxy-connection: x\r\n",
                "TE: trailers\r\n",
                "Trailer: X\r\n",
                "Keep-Alive: timeout=5\r\n",
                "Expect: 100-continue\r\n",
                "HTTP2-Settings: x\r\n",
                "X-Original-URL: /admin\r\n",
                "X-Original-URI: /admin\r\n",
                "X-Original-Host: evil.example\r\n",
                "X-Forwarded-For: 127.0.0.1\r\n",
                "X-Forwarded-Host: evil.example\r\n",
                "X-Forwarded-Proto: https\r\n",
                "X-Forwarded-User: root\r\n",
                "X-Forwarded: for=127.0.0.1\r\n",
                "x_forwarded_for: 127.0.0.1\r\n",
                "X.Forwarded.For: 127.0.0.1\r\n",
                "Forwarded: for=127.0.0.1\r\n",
                "Forwarded-For: 127.0.0.1\r\n",
                "X-Real-IP: 127.0.0.1\r\n",
                "True-Client-IP: 127.0.0.1\r\n",
                "CF-Connecting-IP: 127.0.0.1\r\n",
                "Client-IP: 127.0.0.1\r\n",
                "X-Client-IP: 127.0.0.1\r\n",
                "X-Cluster-Client-IP: 127.0.0.1\r\n",
                "X-Remote-User: root\r\n",
                "X-Host: evil.example\r\n",
                "X-HTTP-Host-Override: evil.example\r\n",
                "X-Envoy-Original-Path: /admin\r\n",
                "X-Middleware-Subrequest: middleware\r\n",
                "Via: 1.1 gateway\r\n",
                "Max-Forwards: 0\r\n",
                "Content.Length: 3\r\n",
                "Content_Length: 3\r\n",
                "Destination: ftp://example.com/\r\n",
                "Destination: /a/../b\r\n",
                "Destination: /a\r\nDestination: /b\r\n",
                "x_rewrite_url: /admin\r\n",
                "X: a\nInjected: b\r\n",
                "X: a\rInjected: b\r\n",
                "X: a\0\r\n",
                "X: a\u0085b\r\n",
                "X: €\r\n",
                "X : a\r\n",
                " X: a\r\n",
                "X: a\r\n folded\r\n",
                "X\r\n",
                ": a\r\n",
                "\r\n",
                "X: a\r\n\r\nGET /admin HTTP/1.1\r\n",
                "X: a",
                "Ü: a\r\n",
            })
    void headerThatIsNotTheGuestsToSendIsRefused(String fields) {
        GuestHttpException e = assertThrows(
                GuestHttpException.class, () -> RequestFields.parse(fields, Url.parse("https://example.com/")));
        assertEquals(GuestHttpException.Kind.REFUSED, e.kind());
    }

    @Test
    void headersThatSayWhatTheHostSaysAnywayPass() throws Exception {
        RequestFields fields = RequestFields.parse(
                String.join(
                        "\r\n",
                        "Host: EXAMPLE.com:443",
                        "Accept-Encoding: identity",
                        "Connection: Close",
                        "Content-Length: 7",
                        "X-Empty:",
                        "x-http-method-override: delete",
                        "X-Latin:  \u00e9 ",
                        ""),
                Url.parse("https://example.com/"));
        assertEquals(
                List.of("Accept-Encoding=identity", "X-Empty=", "x-http-method-override=delete", "X-Latin=\u00e9"),
                fields.fields().stream().map(f -> f.name() + "=" + f.value()).toList());
        assertEquals(7, fields.bodySize());
        assertEquals(List.of("DELETE"), fields.methods());
    }

    @Test
    void secretIsTakenOutOfText() {
        Redaction redaction = new Redaction(
                List.of(SecretHeader.of("Authorization", "Bearer abcdefgh"), SecretHeader.of("X-Key", "Basic short")));
        assertEquals("a [removed] b [removed]c short", redaction.apply("a Bearer abcdefgh b abcdefghc short"));
    }

    private static List<String> secrets(AllowList list, String method, String url) throws Exception {
        List<String> values = new ArrayList<>();
        list.check(method, Url.parse(url)).headers().forEach(header -> values.add(header.value()));
        return values;
    }

    private static GuestHttpException refused(String target, String method, String url) {
        AllowList list = new AllowList(List.of(rule(target, AllowRule.USUAL_METHODS)));
        if (method.equals("DELETE")) {
            list = new AllowList(List.of(rule(target, List.of("GET", "POST"))));
        }
        AllowList checked = list;
        return assertThrows(GuestHttpException.class, () -> checked.check(method, Url.parse(url)));
    }

    private static AllowRule rule(String target, List<String> methods, SecretHeader... headers) {
        return new AllowRule(Target.parse(target), methods, List.of(headers), false, false);
    }
}
