package io.github.hyperlight4j.internal.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.IDN;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.util.List;
import org.apache.hc.core5.net.URIAuthority;

/** URLs: what is accepted is read by {@link URI} and by Apache's parser as it is here, before and after it is normalised. */
final class UrlFuzz {

    static final List<String> TOKENS = List.of(
            "http://",
            "https://",
            "HTTP://",
            "ftp://",
            "example.com",
            "EXAMPLE.com.",
            "127.0.0.1",
            "0x7f.1",
            "[::1]",
            "[::ffff:1.2.3.4]",
            "[2001:DB8::]",
            ":",
            ":80",
            ":443",
            ":065",
            ":65536",
            "/",
            "//",
            "?",
            "#",
            "@",
            "\\",
            "%",
            "%2e",
            "%2F",
            "%25",
            "%00",
            "..",
            ".",
            ";",
            "a",
            "B",
            "_",
            "-",
            "~",
            "[",
            "]",
            "{",
            "|",
            "é",
            "\u0000",
            " ",
            "\t",
            "\n",
            "&=",
            "user:password@",
            "xn--",
            "\uff0e",
            "\u3002");

    private UrlFuzz() {}

    static void check(byte[] input) {
        String text = new String(input, UTF_8);
        Url url;
        try {
            url = Url.parse(text);
        } catch (Url.SyntaxException e) {
            return;
        }
        String sent = url.scheme() + "://" + url.authority() + url.pathAndQuery();
        assertEquals(url, parsed(sent), sent);
        URI uri = URI.create(sent);
        checkAgreement(url, uri, sent);
        assertEquals(url.path(), uri.getRawPath(), sent);
        assertEquals(url.query(), uri.getRawQuery(), sent);
        if (!url.path().contains("//")) {
            assertEquals(url.path(), uri.normalize().getRawPath(), sent);
        }
        try {
            checkAgreement(url, new URI(text), text);
        } catch (URISyntaxException e) {
            // It is stricter: what is encoded here is an error there.
        }
    }

    private static Url parsed(String text) {
        try {
            return Url.parse(text);
        } catch (Url.SyntaxException e) {
            throw new AssertionError("The normal form is refused: " + text, e);
        }
    }

    private static void checkAgreement(Url url, URI uri, String text) {
        assertTrue(url.scheme().equalsIgnoreCase(uri.getScheme()), text);
        assertEquals(null, uri.getRawUserInfo(), text);
        if (uri.getHost() != null) { // It knows no names with '_', nor those whose last label begins with a digit.
            checkHost(url.host(), uri.getHost(), text);
            assertEquals(url.port(), uri.getPort() < 0 ? Url.defaultPort(url.scheme()) : uri.getPort(), text);
        }
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        assertEquals(decoded(path), decoded(url.path()), text);
        try {
            URIAuthority authority = URIAuthority.create(uri.getRawAuthority());
            checkHost(url.host(), IDN.toASCII(authority.getHostName()), text);
            assertEquals(
                    url.port(), authority.getPort() < 0 ? Url.defaultPort(url.scheme()) : authority.getPort(), text);
        } catch (URISyntaxException e) {
            assertNotEquals(url.authority(), uri.getRawAuthority(), text); // It knows no IPv6 that ends in IPv4.
        }
    }

    private static void checkHost(Host host, String other, String text) {
        String name = other.replaceAll("[\\[\\]]|\\.$", "");
        if (host.address() == null) {
            assertTrue(host.name().equalsIgnoreCase(name), text);
        } else {
            assertEquals(host.address(), InetAddress.ofLiteral(name), text);
        }
    }

    private static String decoded(String path) {
        return URLDecoder.decode(path.replace("+", "%2B"), ISO_8859_1);
    }
}
