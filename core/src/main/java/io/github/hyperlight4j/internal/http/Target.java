package io.github.hyperlight4j.internal.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The URLs that one entry of an allow-list covers.
 *
 * @param scheme the scheme, or {@code null} for both
 * @param host the host
 * @param port the port, or {@code null} for the scheme's own
 * @param path the path at whose segments the URL's must begin; empty for any
 */
public record Target(
        @Nullable String scheme, Host host, @Nullable Integer port, String path) {

    private static final Pattern PARTS = Pattern.compile("(?:([^:/?#]*)://)?([^/?#]*)(/[^?#]*)?");
    private static final String RIGHT =
            "write a host (example.com), a host with a port (example.com:8443) or a URL (https://example.com/v1)";

    /**
     * {@return the target}
     *
     * @param text a host, with a scheme, a port and a path if they are restricted
     * @throws IllegalArgumentException if it is not one; the message says what would be right
     */
    public static Target parse(String text) {
        try {
            return parts(text);
        } catch (Url.SyntaxException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static Target parts(String text) throws Url.SyntaxException {
        String target = text.strip();
        if (target.isEmpty()) {
            throw new Url.SyntaxException("An allowed domain must not be empty: " + RIGHT);
        }
        if (target.indexOf('*') >= 0) {
            throw new Url.SyntaxException(
                    "Allowed domains have no wildcards: name each host, instead of " + Quoted.of(target));
        }
        Matcher parts = PARTS.matcher(target);
        if (!parts.matches()) {
            throw new Url.SyntaxException(
                    "An allowed domain has no query and no fragment: " + RIGHT + ", not " + Quoted.of(target));
        }
        String scheme = parts.group(1) == null ? null : Url.scheme(parts.group(1));
        Url.Authority authority = Url.Authority.parse(parts.group(2), true);
        String path = parts.group(3) == null ? "" : parts.group(3);
        Url.checkCharacters(path);
        path = UrlPath.path(path);
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        Integer port = authority.port();
        boolean implied = scheme != null && port != null && port == Url.defaultPort(scheme);
        return new Target(scheme, authority.host(), implied ? null : port, path);
    }

    boolean matches(Url url) {
        return (scheme == null || scheme.equals(url.scheme()))
                && host.equals(url.host())
                && (port == null ? url.hasDefaultPort() : port == url.port())
                && (path.isEmpty() || url.path().equals(path) || url.path().startsWith(path + "/"));
    }

    /** Returns whether some URL on that host and port matches. */
    boolean mayMatch(Url.Authority authority) {
        Integer wanted = authority.port();
        return host.equals(authority.host())
                && (port == null ? wanted != null && isDefaultPort(wanted) : port.equals(wanted));
    }

    private boolean isDefaultPort(int number) {
        return scheme == null ? number == 80 || number == 443 : number == Url.defaultPort(scheme);
    }

    /** Returns a rank: of two targets that match a URL, the narrower one has the greater. */
    int specificity() {
        return path.length() * 4 + (scheme == null ? 0 : 2) + (port == null ? 0 : 1);
    }

    /** Returns the canonical form, which identifies the entry. */
    @Override
    public String toString() {
        return (scheme == null ? "" : scheme + "://") + host + (port == null ? "" : ":" + port) + path;
    }
}
