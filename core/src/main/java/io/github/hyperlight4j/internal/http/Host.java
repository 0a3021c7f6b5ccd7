package io.github.hyperlight4j.internal.http;

import java.net.IDN;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A host: a name or an IP address, in its one canonical form.
 *
 * @param name the name in lower-case ASCII and without a dot at its end, or the address; an IPv6 address has no brackets
 * @param address the address, if it is one
 */
public record Host(String name, @Nullable InetAddress address) {

    private static final int MAX_LENGTH = 253;
    private static final String LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
    private static final Pattern NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
    private static final String OCTET = "(?:0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]{2,45}");
    /** A last label that other parsers would read as a number: such a host is an address or wrong. */
    private static final Pattern ENDS_IN_NUMBER = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)");

    private static final Pattern ZEROS = Pattern.compile("(?:^|:)0(?::0)+(?::|$)");

    /**
     * {@return the host}
     *
     * @param text as it stands in a URL
     */
    static Host parse(String text) throws Url.SyntaxException {
        if (text.startsWith("[")) {
            return ipv6(text);
        }
        if (text.length() > MAX_LENGTH + 1) { // With a dot at its end.
            throw new Url.SyntaxException(
                    "A host's name has at most " + MAX_LENGTH + " characters: " + Quoted.of(text));
        }
        String name = text.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.isEmpty()) {
            throw new Url.SyntaxException("The host is missing: write https://example.com/");
        }
        if (ENDS_IN_NUMBER.matcher(name).matches()) {
            if (!IPV4.matcher(name).matches()) {
                throw new Url.SyntaxException(
                        "An IPv4 address is written as four decimal numbers, like 192.0.2.1: " + Quoted.of(text));
            }
            return new Host(name, Inet4Address.ofLiteral(name));
        }
        if (name.chars().anyMatch(c -> c > 0x7f)) {
            throw new Url.SyntaxException(
                    "A host's name is written in ASCII, an international one like xn--bcher-kva.example: "
                            + Quoted.of(text));
        }
        if (name.length() > MAX_LENGTH || !NAME.matcher(name).matches()) {
            throw new Url.SyntaxException(
                    "A host's name is letters, digits, '-' and '.', like example.com: " + Quoted.of(text));
        }
        return new Host(name, null);
    }

    /**
     * {@return the host}
     *
     * @param text as in {@link #parse}, or an international name in Unicode
     */
    static Host parseInternational(String text) throws Url.SyntaxException {
        if (text.startsWith("[") || text.chars().allMatch(c -> c <= 0x7f)) {
            return parse(text);
        }
        try {
            return parse(IDN.toASCII(text));
        } catch (IllegalArgumentException e) {
            throw new Url.SyntaxException("'" + text + "' is not an international domain name");
        }
    }

    private static Host ipv6(String text) throws Url.SyntaxException {
        String inside =
                text.endsWith("]") ? text.substring(1, text.length() - 1).toLowerCase(Locale.ROOT) : "";
        try {
            if (IPV6.matcher(inside).matches() && Inet6Address.ofLiteral(inside) instanceof Inet6Address address) {
                return new Host(canonical(address), address);
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the refusal.
        }
        throw new Url.SyntaxException(
                "An IPv6 address is written like [2001:db8::1], without a zone, and an IPv4 address not as" + " one: "
                        + Quoted.of(text));
    }

    /** The form of RFC 5952. */
    private static String canonical(Inet6Address address) {
        byte[] bytes = address.getAddress();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes.length; i += 2) {
            text.append(i == 0 ? "" : ":").append(Integer.toHexString((bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff)));
        }
        int start = 0;
        int end = 0;
        for (Matcher zeros = ZEROS.matcher(text); zeros.find(); ) {
            if (zeros.end() - zeros.start() > end - start + 1) {
                start = zeros.start();
                end = zeros.end();
            }
        }
        return end == 0 ? text.toString() : text.substring(0, start) + "::" + text.substring(end);
    }

    boolean isLocalhost() {
        return name.equals("localhost");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Host host && host.name.equals(name);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(name);
    }

    /** Returns the form in a URL. */
    @Override
    public String toString() {
        return address instanceof Inet6Address ? "[" + name + "]" : name;
    }
}
