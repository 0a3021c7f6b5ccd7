package io.github.hyperlight4j.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.IDN;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Hosts: an accepted address is the one that the JDK's parser reads, and an accepted name is an
 * address neither to it nor to C's {@code inet_aton}.
 */
final class HostFuzz {

    static final List<String> TOKENS = List.of(
            "[",
            "]",
            ":",
            "::",
            ".",
            "..",
            "0",
            "1",
            "7",
            "08",
            "255",
            "256",
            "0x",
            "0x7f",
            "7f000001",
            "2130706433",
            "017700000001",
            "ffff",
            "FFFF",
            "a",
            "B",
            "z",
            "-",
            "_",
            "xn--",
            "localhost",
            "example",
            "com",
            "127.0.0.1",
            "1.2.3.4",
            "%lo",
            "%25",
            "1%",
            "2001:db8",
            "fe80",
            "ffff:",
            "é",
            "\uff10",
            "\u3002",
            "\u0000",
            " ",
            "0:0:0:0:0:0:0:1");

    private static final Pattern INET_ATON =
            Pattern.compile("(?:0x[0-9a-f]*|[0-9]+)(?:\\.(?:0x[0-9a-f]*|[0-9]+)){0,3}");

    private HostFuzz() {}

    static void check(byte[] input) {
        String text = new String(input, UTF_8);
        Host host;
        try {
            host = Host.parse(text);
        } catch (Url.SyntaxException e) {
            return;
        }
        assertEquals(host, parsed(host.toString()), text);
        assertEquals(host.toString(), parsed(host.toString()).toString(), text);
        if (host.address() == null) {
            assertThrows(IllegalArgumentException.class, () -> InetAddress.ofLiteral(host.name()), text);
            assertFalse(INET_ATON.matcher(host.name()).matches(), text);
            assertEquals(host.name(), IDN.toASCII(host.name()), text);
            assertTrue(host.name().matches("[a-z0-9_.-]{1,253}"), text);
            return;
        }
        assertEquals(host.address(), InetAddress.ofLiteral(host.name()), text);
        String literal = text.replaceAll("[\\[\\]]|\\.$", "");
        assertEquals(host.address(), InetAddress.ofLiteral(literal), text);
    }

    private static Host parsed(String text) {
        try {
            return Host.parse(text);
        } catch (Url.SyntaxException e) {
            throw new AssertionError("The canonical form is refused: " + text, e);
        }
    }
}
