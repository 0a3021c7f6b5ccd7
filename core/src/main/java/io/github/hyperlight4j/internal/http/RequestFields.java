package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.guest.GuestHttpException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The header fields of a request, as the guest wrote them and may send them.
 *
 * @param fields those that are sent
 * @param bodySize what Content-Length says; -1 if it is not there
 * @param methods methods that the server is asked to take the request for, in upper case
 */
record RequestFields(List<Field> fields, long bodySize, List<String> methods) {

    private static final int MOST = 200;
    private static final int LARGEST = 64 * 1024;
    private static final Set<String> CONNECTION_OPTIONS = Set.of("close", "keep-alive");
    private static final Set<String> METHOD_OVERRIDES =
            Set.of("x-http-method-override", "x-http-method", "x-method-override");

    /** With which some servers take a request for one of another path. */
    private static final Set<String> PATH_OVERRIDES = Set.of("x-original-url", "x-rewrite-url");

    /**
     * A field.
     *
     * @param name a token
     * @param value without spaces around
     */
    record Field(String name, String value) {}

    /**
     * {@return the fields}
     *
     * @param text field lines, each with CRLF behind it
     * @param url where they go
     */
    static RequestFields parse(String text, Url url) throws GuestHttpException {
        if (text.length() > LARGEST) {
            throw Quoted.refused(
                    "A request's headers can have at most " + LARGEST + " characters, not " + text.length());
        }
        List<Field> fields = new ArrayList<>();
        List<String> methods = new ArrayList<>();
        long bodySize = -1;
        boolean host = false;
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf("\r\n", start);
            if (end < 0) {
                throw Quoted.refused("Each header line must end with CRLF");
            }
            Field field = field(text.substring(start, end));
            start = end + 2;
            // These say what this client says anyway, or what it must not say. What is told apart by a gateway's
            // reading
            // of the name is not: that is refused below.
            switch (field.name().toLowerCase(Locale.ROOT)) {
                case "host" -> {
                    if (host) {
                        throw Quoted.refused("There can be one Host header only");
                    }
                    checkHost(field.value(), url);
                    host = true;
                }
                case "content-length" -> {
                    if (bodySize >= 0) {
                        throw Quoted.refused("There can be one Content-Length header only");
                    }
                    bodySize = bodySize(field.value());
                }
                case "connection" -> checkConnection(field.value());
                default -> {
                    if (Fields.isReserved(field.name())) {
                        throw Quoted.refused(
                                "The header " + Quoted.of(field.name())
                                        + " cannot be sent from the sandbox: leave it out, the host sets what the connection needs");
                    }
                    if (PATH_OVERRIDES.contains(Fields.canonical(field.name()))) {
                        throw Quoted.refused("The header " + Quoted.of(field.name())
                                + " cannot be sent from the sandbox: the path is that of the URL");
                    }
                    if (METHOD_OVERRIDES.contains(Fields.canonical(field.name()))) {
                        methods.add(field.value().toUpperCase(Locale.ROOT));
                    }
                    fields.add(field);
                }
            }
            if (fields.size() > MOST) {
                throw Quoted.refused("A request can have at most " + MOST + " headers");
            }
        }
        return new RequestFields(List.copyOf(fields), bodySize, List.copyOf(methods));
    }

    private static Field field(String line) throws GuestHttpException {
        int colon = line.indexOf(':');
        String name = colon < 0 ? line : line.substring(0, colon);
        if (colon < 0 || !Fields.isToken(name)) {
            throw Quoted.refused(
                    "A header's name is letters, digits and '-', with a colon right behind it: " + Quoted.of(name));
        }
        String value = line.substring(colon + 1);
        if (!Fields.isValue(value)) {
            throw Quoted.refused("The value of the header " + Quoted.of(name)
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
        } catch (UrlException e) {
            same = false;
        }
        if (!same) {
            throw Quoted.refused("The header Host must name the URL's own host, or be left out: " + Quoted.of(value));
        }
    }

    private static long bodySize(String value) throws GuestHttpException {
        if (value.isEmpty() || value.length() > 18 || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw Quoted.refused("The header Content-Length must be the body's size in bytes: " + Quoted.of(value));
        }
        return Long.parseLong(value);
    }

    /** An option is a header's name that the next proxy is to remove: it must not remove what the host added. */
    private static void checkConnection(String value) throws GuestHttpException {
        for (String option : value.split(",", -1)) {
            if (!CONNECTION_OPTIONS.contains(option.strip().toLowerCase(Locale.ROOT))) {
                throw Quoted.refused("The header Connection can be 'close' or 'keep-alive' only: " + Quoted.of(value));
            }
        }
    }
}
