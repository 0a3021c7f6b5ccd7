package io.github.hyperlight4j.internal.http;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The grammar of header fields (RFC 9110, section 5), and the fields that the guest may not set or see. */
final class HeaderRules {

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    /** Fields that frame a message or name its receiver: only the client that sends it knows them. */
    private static final Set<String> CONNECTION = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "max-forwards",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /**
     * Fields with which a gateway says to the server behind it who the client is, or what it asked for. A server that trusts
     * its gateway would take the guest's word: for another client, another user, or another URL than the one that was checked.
     */
    private static final Set<String> GATEWAY = Set.of(
            "base-url",
            "cf-connecting-ip",
            "cf-connecting-ipv6",
            "cf-ipcountry",
            "cf-pseudo-ipv4",
            "cf-visitor",
            "cf-worker",
            "client-ip",
            "fastly-client-ip",
            "front-end-https",
            "remote-addr",
            "remote-user",
            "request-uri",
            "true-client-ip",
            "via",
            "x-azure-clientip",
            "x-azure-socketip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-host",
            "x-http-destinationurl",
            "x-http-host-override",
            "x-http-path-override",
            "x-originating-ip",
            "x-override-url",
            "x-real-ip",
            "x-scheme",
            "x-url-scheme",
            "x-waws-unencoded-url");

    private static final List<String> GATEWAY_PREFIXES = List.of(
            "forwarded",
            "x-arr-",
            "x-envoy-",
            "x-forwarded",
            "x-middleware-",
            "x-original-",
            "x-proxy",
            "x-remote-",
            "x-rewrite-");

    private static final Set<String> METHOD_OVERRIDES = Set.of(
            "http-method-override",
            "method-override",
            "x-http-method",
            "x-http-method-override",
            "x-method",
            "x-method-override",
            "x-original-method");

    private HeaderRules() {}

    static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars().allMatch(c -> isAlphanumeric(c) || (c < 0x80 && TOKEN_MARKS.indexOf(c) >= 0));
    }

    /** Returns whether the text can be a field's value: Latin-1 without control characters, tabs apart. */
    static boolean isValue(String text) {
        return text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f) || (c >= 0xa0 && c <= 0xff));
    }

    /** {@return the name with '-' for every mark, as gateways that turn it into a variable's name see it} */
    static String canonical(String name) {
        StringBuilder canonical = new StringBuilder(name.toLowerCase(Locale.ROOT));
        for (int i = 0; i < canonical.length(); i++) {
            if (!isAlphanumeric(canonical.charAt(i))) {
                canonical.setCharAt(i, '-');
            }
        }
        return canonical.toString();
    }

    /** Returns whether a field is about one connection, not about the resource. */
    static boolean isForConnection(String name) {
        String canonical = canonical(name);
        return CONNECTION.contains(canonical) || canonical.startsWith("proxy-");
    }

    /** Returns whether a field is a gateway's to set. */
    static boolean isForGateways(String name) {
        String canonical = canonical(name);
        return !overridesMethod(name)
                && (GATEWAY.contains(canonical) || GATEWAY_PREFIXES.stream().anyMatch(canonical::startsWith));
    }

    /** Returns whether some servers take the field's value for the request's method. */
    static boolean overridesMethod(String name) {
        return METHOD_OVERRIDES.contains(canonical(name));
    }

    private static boolean isAlphanumeric(int c) {
        return c < 0x80 && Character.isLetterOrDigit(c);
    }
}
