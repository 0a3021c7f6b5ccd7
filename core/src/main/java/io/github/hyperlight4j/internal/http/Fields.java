package io.github.hyperlight4j.internal.http;

import java.util.Locale;
import java.util.Set;

/** The grammar of header fields (RFC 9110, section 5), and the fields that are not the guest's to set or to see. */
final class Fields {

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    /** Those that frame a message or name its receiver: only the client that sends it knows them. */
    private static final Set<String> RESERVED = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private Fields() {}

    static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || TOKEN_MARKS.indexOf(c) >= 0));
    }

    /** Whether it can be a field's value: Latin-1 without control characters, tabs apart. */
    static boolean isValue(String text) {
        return text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f) || (c >= 0xa0 && c <= 0xff));
    }

    /** {@return the name as gateways that turn it into a variable's name tell it from others} */
    static String canonical(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a field is about one connection, not about the resource. */
    static boolean isReserved(String name) {
        String canonical = canonical(name);
        return RESERVED.contains(canonical) || canonical.startsWith("proxy-");
    }
}
