package io.github.hyperlight4j.internal.http;

import java.io.Serial;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP URL, taken apart. This form is what is checked and what is sent; the text that it came from is not used again.
 *
 * @param scheme {@code http} or {@code https}
 * @param host the host
 * @param port the port, the scheme's own if the URL names none
 * @param path begins with a slash
 * @param query without its question mark, if there is one
 */
record Url(
        String scheme,
        Host host,
        int port,
        String path,
        @Nullable String query) {

    private static final int MAX_LENGTH = 16 * 1024;

    /** As in RFC 3986, appendix B. */
    private static final Pattern PARTS =
            Pattern.compile("([^:/?#]+)://([^/?#]*)([^?#]*)(?:\\?([^#]*))?(?:#.*)?", Pattern.DOTALL);

    /** A URL, or a part of one, is malformed. */
    static final class SyntaxException extends Exception {

        @Serial
        private static final long serialVersionUID = 1L;

        /** @param message a sentence that says what would be right */
        SyntaxException(String message) {
            super(message, null, false, false);
        }
    }

    /** A host and an optional port. */
    record Authority(Host host, @Nullable Integer port) {

        private static final Pattern FORM = Pattern.compile("(\\[[^\\]]*\\]|[^:]*)(?::([0-9]{1,5}))?");

        static Authority parse(String text, boolean international) throws SyntaxException {
            if (text.indexOf('@') >= 0) {
                throw new SyntaxException(
                        "A URL must not contain a user name or a password; send an Authorization header instead");
            }
            Matcher form = FORM.matcher(text);
            if (!form.matches()) {
                throw new SyntaxException("A URL's host and port are written like example.com:8443");
            }
            Host host = international ? Host.parseInternational(form.group(1)) : Host.parse(form.group(1));
            if (form.group(2) == null) {
                return new Authority(host, null);
            }
            int port = Integer.parseInt(form.group(2));
            if (port < 1 || port > 65535) {
                throw new SyntaxException("A port is a number from 1 to 65535: " + port);
            }
            return new Authority(host, port);
        }

        /** Returns the URL of the scheme whose own port it is, or else host and port. */
        @Override
        public String toString() {
            return switch (port) {
                case null -> host.toString();
                case 80 -> "http://" + host + "/";
                case 443 -> "https://" + host + "/";
                default -> host + ":" + port;
            };
        }
    }

    static Url parse(String text) throws SyntaxException {
        if (text.length() > MAX_LENGTH) {
            throw new SyntaxException("A URL can have at most " + MAX_LENGTH + " characters, not " + text.length());
        }
        checkCharacters(text);
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            throw new SyntaxException("A URL is written like https://example.com/path: " + Quoted.of(text));
        }
        String scheme = scheme(parts.group(1));
        Authority authority = Authority.parse(parts.group(2), false);
        Integer port = authority.port();
        String query = parts.group(4);
        return new Url(
                scheme,
                authority.host(),
                port == null ? defaultPort(scheme) : port,
                UrlPath.path(parts.group(3)),
                query == null ? null : UrlPath.query(query));
    }

    static String scheme(String text) throws SyntaxException {
        String scheme = text.toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new SyntaxException("Only http:// and https:// can be requested, not " + Quoted.of(text));
        }
        return scheme;
    }

    /** Refuses characters that must be encoded, and those that some parser would take for a slash or skip. */
    static void checkCharacters(String text) throws SyntaxException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                throw new SyntaxException("A URL must not contain spaces or control characters: percent-encode them");
            }
            if (c == '\\') {
                throw new SyntaxException("A URL must not contain a backslash: percent-encode it");
            }
            if (c > 0x7f) {
                throw new SyntaxException("A URL is written in ASCII: percent-encode other characters, and write an"
                        + " international host like xn--bcher-kva.example");
            }
        }
    }

    static int defaultPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }

    boolean hasDefaultPort() {
        return port == defaultPort(scheme);
    }

    /** Returns the host, and the port unless it is the scheme's own. */
    String authority() {
        return hasDefaultPort() ? host.toString() : host + ":" + port;
    }

    /** Returns the path and the query, as they are sent. */
    String pathAndQuery() {
        return query == null ? path : path + "?" + query;
    }

    /** Returns the URL without its query, which may be long. */
    @Override
    public String toString() {
        return scheme + "://" + authority() + path;
    }
}
