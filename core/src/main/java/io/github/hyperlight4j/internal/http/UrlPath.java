package io.github.hyperlight4j.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.text.Normalizer;
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

    /** Characters that a conversion to a narrower character set takes for a slash, a backslash or a dot, and Unicode does not. */
    private static final String LOOKALIKES = "\u00a5\u20a9\u2044\u2215\u2216\u29f5\u29f8\u29f9\u3002\uff61";

    private static final String LOOKALIKES_OF = "\\\\//\\\\/\\..";
    private static final String FULL_WIDTH = "\uff0e\uff0f\uff3c\uff05";

    private UrlPath() {}

    /**
     * {@return the path; "/" if it is empty}
     *
     * @param path empty, or beginning with a slash
     */
    static String path(String path) throws Url.SyntaxException {
        if (path.startsWith("//")) {
            throw new Url.SyntaxException("A URL's path must not begin with '//'");
        }
        String normal = normalise(path, PATH_MARKS);
        checkSegments(normal);
        return normal.isEmpty() ? "/" : normal;
    }

    static String query(String query) throws Url.SyntaxException {
        return normalise(query, QUERY_MARKS);
    }

    private static String normalise(String text, String marks) throws Url.SyntaxException {
        StringBuilder normal = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int encoded = octet(text, i);
                if (encoded < 0) {
                    throw new Url.SyntaxException(
                            "A '%' in a URL is followed by two hexadecimal digits; the character itself is"
                                    + " written as %25");
                }
                if (isControl(encoded)) {
                    throw new Url.SyntaxException("A URL must not contain control characters, encoded ones included");
                }
                append(normal, (char) encoded, isUnreserved((char) encoded));
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

    private static boolean isControl(int c) {
        return c < ' ' || c == 0x7f;
    }

    /**
     * Refuses what leads out of a directory for a server that decodes once more, knows parameters of segments, takes
     * overlong UTF-8, or converts Unicode to a narrower character set.
     */
    private static void checkSegments(String path) throws Url.SyntaxException {
        String text = path;
        for (int layer = 0; ; layer++) {
            for (String segment : text.replace('\\', '/').split("/", -1)) {
                int parameters = segment.indexOf(';');
                String name = (parameters < 0 ? segment : segment.substring(0, parameters)).replace(" ", "");
                if (name.equals(".") || name.equals("..")) {
                    throw new Url.SyntaxException(
                            "A URL's path must not contain '.' or '..' as a segment, encoded ones included:"
                                    + " write the path that is meant");
                }
            }
            String next = decode(text);
            if (next.equals(text)) {
                return;
            }
            if (layer == LAYERS) {
                throw new Url.SyntaxException("A URL's path must not be percent-encoded over and over");
            }
            text = next;
        }
    }

    /** Takes one layer of percent-encoding off, and shows characters as the ASCII ones that they might be taken for. */
    private static String decode(String text) throws Url.SyntaxException {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (octet(text, i) >= 0) {
                decoded.write(octet(text, i));
                i += 2;
            } else if (unit(text, i) >= 0) {
                decoded.writeBytes(String.valueOf((char) unit(text, i)).getBytes(UTF_8));
                i += 5;
            } else {
                decoded.writeBytes(String.valueOf(c).getBytes(UTF_8));
            }
        }
        byte[] bytes = decoded.toByteArray();
        checkOverlong(bytes);
        String characters = characters(bytes);
        for (int i = 0; i < characters.length(); i++) {
            char c = characters.charAt(i);
            if (isControl(c)) {
                throw new Url.SyntaxException("A URL must not contain control characters, encoded ones included");
            }
            if (FULL_WIDTH.indexOf(c) >= 0) {
                throw new Url.SyntaxException(
                        "A URL's path must not contain full-width forms of '.', '/', '\\' or '%'");
            }
        }
        StringBuilder ascii = new StringBuilder(Normalizer.normalize(characters, Normalizer.Form.NFKC));
        for (int i = 0; i < ascii.length(); i++) {
            int lookalike = LOOKALIKES.indexOf(ascii.charAt(i));
            if (lookalike >= 0) {
                ascii.setCharAt(i, LOOKALIKES_OF.charAt(lookalike));
            }
        }
        return ascii.toString();
    }

    /** {@return the octet that is percent-encoded there, or -1} */
    private static int octet(String text, int at) {
        return hexadecimal(text, at, 1, 2);
    }

    /** {@return the UTF-16 unit that is encoded there as in {@code %u002e}, which some servers take, or -1} */
    private static int unit(String text, int at) {
        return at + 1 < text.length() && (text.charAt(at + 1) | 0x20) == 'u' ? hexadecimal(text, at, 2, 4) : -1;
    }

    private static int hexadecimal(String text, int at, int offset, int digits) {
        int start = at + offset;
        if (text.charAt(at) != '%' || start + digits > text.length()) {
            return -1;
        }
        for (int i = start; i < start + digits; i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return -1;
            }
        }
        return HexFormat.fromHexDigits(text, start, start + digits);
    }

    /** Refuses sequences that a decoder without checks reads as ASCII: those are never needed, and hide a dot or a slash. */
    private static void checkOverlong(byte[] bytes) throws Url.SyntaxException {
        for (int i = 0; i < bytes.length; i++) {
            int ones = Integer.numberOfLeadingZeros(~(bytes[i] << 24));
            if (ones < 2 || ones > 6 || i + ones > bytes.length) {
                continue;
            }
            int value = bytes[i] & 0x7f >> ones;
            for (int next = i + 1; next < i + ones; next++) {
                value = value << 6 | (bytes[next] & 0x3f);
            }
            if (value >= 0 && value < 0x80) {
                throw new Url.SyntaxException("A URL's path must not contain overlong UTF-8");
            }
        }
    }

    /** Decodes UTF-8, and octets outside its sequences as Latin-1. */
    private static String characters(byte[] bytes) {
        CharsetDecoder decoder = UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        while (decoder.decode(in, out, true).isMalformed()) {
            out.put((char) (in.get() & 0xff));
        }
        return out.flip().toString();
    }
}
