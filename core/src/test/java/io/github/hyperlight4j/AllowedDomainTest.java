package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.PasswordAuthentication;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowedDomainTest {

    @ParameterizedTest
    @CsvSource({
        "' Example.COM. ', example.com",
        "example.com/, example.com",
        "example.com:8443, example.com:8443",
        "HTTPS://API.example.com/v1/, https://api.example.com/v1",
        "https://example.com:443, https://example.com",
        "http://example.com:443, http://example.com:443",
        "example.com:443, example.com:443",
        "example.com/a%7eb%2fc/, example.com/a~b%2Fc",
        "bücher.example, xn--bcher-kva.example",
        "127.0.0.1:8080, 127.0.0.1:8080",
        "'[2001:DB8:0:0:1:0:0:1]:80', '[2001:db8::1:0:0:1]:80'",
        "'[0:0:0:0:0:0:0:1]', '[::1]'",
        "'[::]', '[::]'",
        "localhost, localhost",
    })
    void targetHasOneForm(String target, String normal) {
        AllowedDomain domain = AllowedDomain.of(target);
        assertEquals(normal, domain.target());
        assertEquals(normal, AllowedDomain.of(normal).target());
        assertEquals(AllowedDomain.of(normal), domain);
        assertEquals(AllowedDomain.of(normal).hashCode(), domain.hashCode());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                        | must not be empty
                    *.example.com             | no wildcards
                    https://                  | host is missing
                    ftp://example.com         | Only http:// and https://
                    //example.com             | host is missing
                    example.com?q=1           | no query
                    https://example.com/#top  | no fragment
                    me:pass@example.com       | Authorization header
                    example.com:99999         | 1 to 65535
                    example.com:0             | 1 to 65535
                    example.com:http          | like example.com:8443
                    127.1                     | four decimal numbers
                    2130706433                | four decimal numbers
                    0x7f.0.0.1                | four decimal numbers
                    0177.0.0.1                | four decimal numbers
                    [::ffff:127.0.0.1]        | not as one
                    [fe80::1%eth0]            | without a zone
                    exa mple.com              | letters, digits
                    -example.com              | letters, digits
                    https://example.com/a/../b | as a segment
                    https://example.com/a b   | spaces
                    """)
    void whatIsNoTargetIsRefusedWithWhatWouldBeRight(String target, String said) {
        String message = message(() -> AllowedDomain.of(target));
        assertTrue(message.contains(said), message);
    }

    @Test
    void methodsAreUpperCaseUniqueAndSorted() {
        assertEquals(
                List.of("GET", "POST"),
                AllowedDomain.of("a.example", "post", " get ", "GET").methods());
        assertEquals(
                List.of("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"),
                AllowedDomain.of("a.example").methods());
        assertTrue(message(() -> AllowedDomain.of("a.example", List.of())).contains("must not be empty"));
        assertTrue(message(() -> AllowedDomain.of("a.example", "")).contains("a word like GET"));
        assertTrue(message(() -> AllowedDomain.of("a.example", "GET, POST")).contains("a word like GET"));
        assertTrue(message(() -> AllowedDomain.of("a.example", "connect")).contains("CONNECT cannot be allowed"));
    }

    @Test
    void headersAreSecretsAndPartOfTheValue() {
        AllowedDomain plain = AllowedDomain.of("a.example");
        AllowedDomain secret =
                plain.withHeader("Authorization", "Bearer hunter22").withHeader("X-Key", "k");
        assertEquals("AllowedDomain[a.example, with [Authorization, X-Key]]", secret.toString());
        assertNotEquals(plain, secret);
        assertNotEquals(
                secret, plain.withHeader("Authorization", "Bearer other").withHeader("X-Key", "k"));
        assertEquals(secret, secret.withHeader("x-key", "old").withHeader("X-Key", "k"));
        assertFalse(
                message(() -> plain.withHeader("X-Key", "hunter22\r\nHost: b")).contains("hunter22"));
        assertTrue(message(() -> plain.withHeader("Host", "b.example")).contains("set for each request"));
        assertTrue(message(() -> plain.withHeader("Proxy_Authorization", "x")).contains("set for each request"));
        assertTrue(message(() -> plain.withHeader("X Key", "x")).contains("letters, digits"));
    }

    @Test
    void privateAddressesAndBodiesArePartOfTheValue() {
        AllowedDomain plain = AllowedDomain.of("a.example").withHeader("X-Key", "k");
        AllowedDomain both = plain.withGetBodies().withPrivateAddresses();
        assertEquals("AllowedDomain[a.example, with [X-Key], private addresses, GET with a body]", both.toString());
        assertEquals(both, plain.withPrivateAddresses().withGetBodies());
        assertNotEquals(plain.withPrivateAddresses(), both);
        assertNotEquals(plain.withGetBodies(), both);
        assertEquals(
                both,
                AllowedDomain.of("a.example")
                        .withGetBodies()
                        .withPrivateAddresses()
                        .withHeader("X-Key", "k"));
    }

    @Test
    void settingsAreCopiedAsAWhole() throws Exception {
        SSLContext tls = SSLContext.getDefault();
        HttpSettings settings = HttpSettings.builder()
                .proxy(URI.create("http://proxy.example:3128"))
                .proxyCredentials("me", "hunter2")
                .sslContext(tls)
                .connectTimeout(Duration.ofSeconds(1))
                .responseTimeout(Duration.ofSeconds(2))
                .requestSize(ByteSize.ofBytes(3))
                .responseSize(ByteSize.ofBytes(4))
                .concurrency(5)
                .requests(6)
                .totalRequestSize(ByteSize.ofBytes(7))
                .totalResponseSize(ByteSize.ofBytes(8))
                .build()
                .toBuilder()
                .build();
        assertEquals(URI.create("http://proxy.example:3128"), settings.proxy().orElseThrow());
        PasswordAuthentication user = settings.proxyCredentials().orElseThrow();
        assertEquals("me hunter2", user.getUserName() + " " + new String(user.getPassword()));
        assertEquals(tls, settings.sslContext().orElseThrow());
        assertEquals(Duration.ofSeconds(1), settings.connectTimeout());
        assertEquals(Duration.ofSeconds(2), settings.responseTimeout());
        assertEquals(ByteSize.ofBytes(3), settings.requestSize());
        assertEquals(ByteSize.ofBytes(4), settings.responseSize());
        assertEquals(5, settings.concurrency());
        assertEquals(6, settings.requests());
        assertEquals(ByteSize.ofBytes(7), settings.totalRequestSize());
        assertEquals(ByteSize.ofBytes(8), settings.totalResponseSize());
    }

    @Test
    void settingsHaveTheDefaultsOfTheDocumentationAndSayWhatIsWrong() {
        HttpSettings settings = HttpSettings.defaults();
        assertEquals(Duration.ofSeconds(10), settings.connectTimeout());
        assertEquals(Duration.ofSeconds(30), settings.responseTimeout());
        assertEquals(ByteSize.ofMebibytes(10), settings.requestSize());
        assertEquals(ByteSize.ofMebibytes(100), settings.responseSize());
        assertEquals(16, settings.concurrency());
        assertEquals(1000, settings.requests());
        assertEquals(ByteSize.ofMebibytes(100), settings.totalRequestSize());
        assertEquals(ByteSize.ofMebibytes(1024), settings.totalResponseSize());
        assertTrue(settings.proxy().isEmpty());
        assertTrue(settings.proxyCredentials().isEmpty());
        assertTrue(settings.sslContext().isEmpty());
        HttpSettings.Builder builder = HttpSettings.builder();
        assertTrue(message(() -> builder.responseTimeout(Duration.ZERO)).contains("responseTimeout"));
        assertTrue(message(() -> builder.concurrency(0)).contains("from 1 to 256"));
        assertTrue(message(() -> builder.requests(0)).contains("from 1 to 1000000"));
        assertTrue(message(() -> builder.proxy(URI.create("http://me:hunter2@proxy:3128")))
                .contains("without a user"));
        assertTrue(message(() -> builder.proxy(URI.create("proxy:3128"))).contains("http://proxy.example.com:3128"));
        assertThrows(
                IllegalStateException.class,
                () -> builder.proxyCredentials("me", "hunter2").build());
    }

    private static String message(Runnable wrong) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, wrong::run).getMessage());
    }
}
