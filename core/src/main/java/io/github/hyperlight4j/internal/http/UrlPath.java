package io.github.hyperlight4j.internal.http;

import java.util.HexFormat;

/**
 * The path and the query of a URL, in the form in which they are compared and sent: percent-encodings in upper case and
 * only where they mean something, nothing in the path that a server might resolve to another one.
 */
final class UrlPath {

    private static final String UNRESERVED_MARKS = "-._~";
    private static final String PATH_MARKS = "/!$&'()*+,;=:@";
    private static final String QUERY_MARKS = PATH_MARKS + "?[]";
    /** More layers of encoding than any server takes off. */
    private static final int LAYERS = 8;

    private UrlPath() {}

    /**
     * {@return the path; "/" if it is empty}
     *
     * @param path empty, or beginning with a slash
     */
    static String path(String path) throws UrlException {
        if (path.startsWith("//")) {
            throw new UrlException("A URL's path must not begin with '//'");
        }
        String normal = normalise(path, PATH_MARKS);
        checkSegments(normal);
        return normal.isEmpty() ? "/" : normal;
    }

    static String query(String query) throws UrlException {
        return normalise(query, QUERY_MARKS);
    }

    private static String normalise(String text, String marks) throws UrlException {
        StringBuilder normal = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length()
                        || !HexFormat.isHexDigit(text.charAt(i + 1))
                        || !HexFormat.isHexDigit(text.charAt(i + 2))) {
                    throw new UrlException(
                            "A '%' in a URL is followed by two hexadecimal digits; the character itself is"
                                    + " written as %25");
                }
                char encoded = (char) HexFormat.fromHexDigits(text, i + 1, i + 3);
                if (encoded < ' ' || encoded == 0x7f) {
                    throw new UrlException("A URL must not contain control characters, encoded ones included");
                }
                append(normal, encoded, isUnreserved(encoded));
                i += 2;
            } else {
                append(normal, c, isUnreserved(c) || marks.indexOf(c) >= 0);
            }
        }
        return normal.toString();
    }

    private static void append(StringBuilder normal, char c, boolean asItIs) {
        if (asItIs) {
            normal.append(c);
        } else {
            normal.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
        }
    }

    private static boolean isUnreserved(char c) {
        return (c < 0x80 && Character.isLetterOrDigit(c)) || UNRESERVED_MARKS.indexOf(c) >= 0;
    }

    /** Refuses what leads out of a directory for a server that decodes once more, or knows parameters of segments. */
    private static void checkSegments(String path) throws UrlException {
        String decoded = path;
        for (int layer = 0; ; layer++) {
            for (String segment : decoded.replace('\\', '/').split("/", -1)) {
                int parameters = segment.indexOf(';');
                String name = (parameters < 0 ? segment : segment.substring(0, parameters)).strip();
                if (name.equals(".") || name.equals("..")) {
                    throw new UrlException(
                            "A URL's path must not contain '.' or '..' as a segment, encoded ones included:"
                                    + " write the path that is meant");
                }
            }
            String next = decode(decoded);
            if (next.equals(decoded)) {
                return;
            }
            if (layer == LAYERS) {
                throw new UrlException("A URL's path must not be percent-encoded over and over");
            }
            decoded = next;
        }
    }

    private static String decode(String text) {
        StringBuilder decoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%'
                    && i + 2 < text.length()
                    && HexFormat.isHexDigit(text.charAt(i + 1))
                    && HexFormat.isHexDigit(text.charAt(i + 2))) {
                decoded.append((char) HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 2;
            } else {
                decoded.append(c);
            }
        }
        // Overlong and full-width forms of a dot or a slash are for servers long gone; refused all the same.
        return decoded.toString().replace("\u00c0\u00ae", ".").replace("\u00c0\u00af", "/");
    }
}
