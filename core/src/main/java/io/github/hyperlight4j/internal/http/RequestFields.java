package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.guest.GuestHttpException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of a request, as the guest wrote them and may send them.
 *
 * @param fields the fields that are sent
 * @param bodySize the value of Content-Length; -1 without
 * @param methods methods that some servers take instead of the request's own, in upper case
 * @param destination the URL to which WebDAV's COPY and MOVE write, or {@code null} for none
 */
record RequestFields(
        List<Field> fields,
        long bodySize,
        List<String> methods,
        @Nullable Url destination) {

    private static final int MAX_FIELDS = 200;
    private static final int MAX_SIZE = 64 * 1024;
    private static final Set<String> CONNECTION_OPTIONS = Set.of("close", "keep-alive");
    /**
     * A field.
     *
     * @param name a token
     * @param value the value, without spaces around
     */
    record Field(String name, String value) {}

    /**
     * {@return the fields}
     *
     * @param text field lines, each with CRLF behind it
     * @param url the request's URL
     */
    static RequestFields parse(String text, Url url) throws GuestHttpException {
        if (text.length() > MAX_SIZE) {
            throw GuestHttpException.refused(
                    "A request's headers can have at most " + MAX_SIZE + " characters, not " + text.length());
        }
        List<Field> fields = new ArrayList<>();
        List<String> methods = new ArrayList<>();
        long bodySize = -1;
        boolean host = false;
        Url destination = null;
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf("\r\n", start);
            if (end < 0) {
                throw GuestHttpException.refused("Each header line must end with CRLF");
            }
            Field field = field(text.substring(start, end));
            start = end + 2;
            // The first three say what the host's client says anyway. Variants of their names that only a gateway takes
            // for
            // them are refused.
            switch (field.name().toLowerCase(Locale.ROOT)) {
                case "host" -> {
                    if (host) {
                        throw GuestHttpException.refused("There can be one Host header only");
                    }
                    checkHost(field.value(), url);
                    host = true;
                }
                case "content-length" -> {
                    if (bodySize >= 0) {
                        throw GuestHttpException.refused("There can be one Content-Length header only");
                    }
                    bodySize = bodySize(field.value());
                }
                case "connection" -> checkConnection(field.value());
                case "destination" -> {
                    if (destination != null) {
                        throw GuestHttpException.refused("There can be one Destination header only");
                    }
                    destination = destination(field.value(), url);
                    fields.add(new Field(
                            field.name(),
                            destination.scheme() + "://" + destination.authority() + destination.pathAndQuery()));
                }
                default -> {
                    checkAllowed(field.name());
                    if (HeaderRules.overridesMethod(field.name())) {
                        methods.add(field.value().toUpperCase(Locale.ROOT));
                    }
                    fields.add(field);
                }
            }
            if (fields.size() > MAX_FIELDS) {
                throw GuestHttpException.refused("A request can have at most " + MAX_FIELDS + " headers");
            }
        }
        return new RequestFields(List.copyOf(fields), bodySize, List.copyOf(methods), destination);
    }

    private static void checkAllowed(String name) throws GuestHttpException {
        if (HeaderRules.isForConnection(name)) {
            throw GuestHttpException.refused("The header " + Quoted.of(name)
                    + " cannot be sent from the sandbox: leave it out, the host sets what the connection needs");
        }
        if (HeaderRules.isForGateways(name)) {
            throw GuestHttpException.refused("The header " + Quoted.of(name)
                    + " cannot be sent from the sandbox: leave it out, it is for gateways to say who requests what");
        }
    }

    private static Field field(String line) throws GuestHttpException {
        int colon = line.indexOf(':');
        String name = colon < 0 ? line : line.substring(0, colon);
        if (colon < 0 || !HeaderRules.isToken(name)) {
            throw GuestHttpException.refused(
                    "A header's name is letters, digits and '-', with a colon right behind it: " + Quoted.of(name));
        }
        String value = line.substring(colon + 1);
        if (!HeaderRules.isValue(value)) {
            throw GuestHttpException.refused("The value of the header " + Quoted.of(name)
                    + " must be visible characters of Latin-1: no CR, LF or other control characters");
        }
        return new Field(name, value.strip());
    }

    private static void checkHost(String value, Url url) throws GuestHttpException {
        boolean same;
        try {
            Url.Authority authority = Url.Authority.parse(value, false);
            Integer port = authority.port();
            same = authority.host().equals(url.host()) && (port == null ? url.hasDefaultPort() : port == url.port());
        } catch (Url.SyntaxException e) {
            same = false;
        }
        if (!same) {
            throw GuestHttpException.refused(
                    "The header Host must name the URL's own host, or be left out: " + Quoted.of(value));
        }
    }

    private static Url destination(String value, Url url) throws GuestHttpException {
        try {
            return Url.parse(value.startsWith("/") ? url.scheme() + "://" + url.authority() + value : value);
        } catch (Url.SyntaxException e) {
            throw GuestHttpException.refused("The header Destination must be a URL: " + Quoted.of(value));
        }
    }

    private static long bodySize(String value) throws GuestHttpException {
        if (value.isEmpty() || value.length() > 18 || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw GuestHttpException.refused(
                    "The header Content-Length must be the body's size in bytes: " + Quoted.of(value));
        }
        return Long.parseLong(value);
    }

    /** An option names a header that the next proxy removes: it must not remove those that the host added. */
    private static void checkConnection(String value) throws GuestHttpException {
        for (String option : value.split(",", -1)) {
            if (!CONNECTION_OPTIONS.contains(option.strip().toLowerCase(Locale.ROOT))) {
                throw GuestHttpException.refused(
                        "The header Connection can be 'close' or 'keep-alive' only: " + Quoted.of(value));
            }
        }
    }
}
