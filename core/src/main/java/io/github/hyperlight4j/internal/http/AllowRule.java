package io.github.hyperlight4j.internal.http;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * One entry of an allow-list.
 *
 * @param target the URLs
 * @param methods the methods: in upper case, sorted
 * @param headers headers that the host adds
 * @param privateAddresses whether the host's name may resolve to addresses that are not public
 * @param bodies whether GET, HEAD and OPTIONS may have a body
 */
public record AllowRule(
        Target target, List<String> methods, List<SecretHeader> headers, boolean privateAddresses, boolean bodies) {

    /** The default methods. */
    public static final List<String> USUAL_METHODS =
            List.of("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT");

    private static final Set<String> FORBIDDEN_METHODS = Set.of("CONNECT", "TRACE");

    /** Methods whose body servers do not expect: one may take it for the connection's next request. */
    private static final Set<String> BODILESS_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    /** Copies the lists. */
    public AllowRule {
        methods = List.copyOf(methods);
        headers = List.copyOf(headers);
    }

    /**
     * {@return the methods in upper case, unique and sorted}
     *
     * @param methods at least one
     * @throws IllegalArgumentException if there is none, or one cannot be allowed
     */
    public static List<String> methods(Iterable<String> methods) {
        Set<String> normal = new TreeSet<>();
        for (String method : methods) {
            String name = method.strip().toUpperCase(Locale.ROOT);
            if (!HeaderRules.isToken(name)) {
                throw new IllegalArgumentException("An HTTP method is a word like GET or POST: '" + method + "'");
            }
            if (isForbidden(name)) {
                throw new IllegalArgumentException("The method " + name + " cannot be allowed");
            }
            normal.add(name);
        }
        if (normal.isEmpty()) {
            throw new IllegalArgumentException(
                    "The methods must not be empty: give none at all for the usual ones, " + USUAL_METHODS);
        }
        return List.copyOf(normal);
    }

    /**
     * {@return an entry without headers}
     *
     * @param target the URLs
     * @param methods the methods: in upper case, sorted
     */
    public static AllowRule of(Target target, List<String> methods) {
        return new AllowRule(target, methods, List.of(), false, false);
    }

    static boolean isForbidden(String method) {
        return FORBIDDEN_METHODS.contains(method);
    }

    boolean allowsBody(String method) {
        return bodies || !BODILESS_METHODS.contains(method);
    }

    /** Returns whether the headers go to that URL. Plain HTTP exposes them to the network, so it must have been asked for. */
    boolean sendsHeaders(Url url) {
        return url.scheme().equals("https") || "http".equals(target.scheme());
    }

    /** Returns the target and the methods, for a sentence. */
    @Override
    public String toString() {
        return methods.equals(USUAL_METHODS) ? target.toString() : target + " (" + String.join(", ", methods) + ")";
    }
}
