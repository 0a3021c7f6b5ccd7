package io.github.hyperlight4j.internal.http;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * One entry of an allow-list.
 *
 * @param target which URLs
 * @param methods which methods: in upper case, sorted
 * @param headers what the host adds
 * @param privateAddresses whether the host's name may stand for addresses that are not public
 */
public record AllowRule(Target target, List<String> methods, List<SecretHeader> headers, boolean privateAddresses) {

    /** The methods when none are given. */
    public static final List<String> USUAL_METHODS =
            List.of("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT");

    private static final Set<String> FORBIDDEN_METHODS = Set.of("CONNECT", "TRACE");

    /** Copies. */
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
            if (!Fields.isToken(name)) {
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

    static boolean isForbidden(String method) {
        return FORBIDDEN_METHODS.contains(method);
    }

    /**
     * Whether a secret goes to that URL. Over plain HTTP everybody on the way reads it: so it must have been asked for.
     */
    boolean sendsHeaders(Url url) {
        return url.scheme().equals("https") || "http".equals(target.scheme());
    }

    /** Returns what it allows, for a sentence. */
    @Override
    public String toString() {
        return methods.equals(USUAL_METHODS) ? target.toString() : target + " (" + String.join(", ", methods) + ")";
    }
}
