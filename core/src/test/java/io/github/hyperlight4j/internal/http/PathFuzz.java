package io.github.hyperlight4j.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.URLDecoder;
import java.text.Normalizer;
import java.util.HexFormat;
import java.util.List;

/** Paths: to no server, however it decodes, does an accepted one name a directory above, or hold a control character. */
final class PathFuzz {

    static final List<String> TOKENS = List.of(
            "/",
            "\\",
            ".",
            "..",
            "a",
            "%",
            "25",
            "%25",
            "2e",
            "2E",
            "%2e",
            "%2E",
            "%252e",
            "%2f",
            "%5c",
            "%5C",
            "%3b",
            ";",
            ";x=1",
            "%20",
            "%09",
            "%00",
            "%2500",
            "u002e",
            "%u002e",
            "%25u002e",
            "%25u002f",
            "%c0",
            "%ae",
            "%af",
            "%c0%ae",
            "%c0%af",
            "%c1%9c",
            "%e0%80%ae",
            "%f0%80%80%af",
            "%ef%bc%8e",
            "%ef%bc%8f",
            "%ef%bc%bc",
            "%25ef%25bc%258e",
            "%e2%80%a4",
            "%e2%80%a5",
            "%e2%88%95",
            "%c2%a5",
            "%e9",
            "%c3%a9",
            "é",
            "~",
            "+",
            "?",
            "#");

    private PathFuzz() {}

    static void check(byte[] input) {
        String text = new String(input, UTF_8);
        String path;
        try {
            path = Url.parse("https://example.com/" + text).path();
        } catch (Url.SyntaxException e) {
            return;
        }
        String decoded = path;
        for (int layer = 0; layer < 5; layer++) {
            checkSegments(decoded, path);
            checkSegments(lenient(decoded), path);
            checkSegments(Normalizer.normalize(decoded, Normalizer.Form.NFKC), path);
            try {
                decoded = URLDecoder.decode(decoded.replace("+", "%2B"), UTF_8);
            } catch (IllegalArgumentException e) {
                return; // A lone '%', which ends a server's decoding.
            }
        }
    }

    private static void checkSegments(String decoded, String path) {
        assertFalse(decoded.chars().anyMatch(c -> c < ' ' || c == 0x7f), path);
        for (String segment : decoded.split("[/\\\\]", -1)) {
            String name = segment.replaceFirst(";.*", "").replace(" ", "");
            assertFalse(name.equals(".") || name.equals(".."), path);
        }
    }

    /** Decodes as old servers do: octets and {@code %u}, then UTF-8 without a check of its length or its continuations. */
    private static String lenient(String text) {
        StringBuilder octets = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("%u", i) && isHexadecimal(text, i + 2, 4)) {
                octets.append((char) HexFormat.fromHexDigits(text, i + 2, i + 6));
                i += 5;
            } else if (text.charAt(i) == '%' && isHexadecimal(text, i + 1, 2)) {
                octets.append((char) HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 2;
            } else {
                octets.append(text.charAt(i));
            }
        }
        StringBuilder characters = new StringBuilder();
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            int more = c >= 0xc0 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xf0 && c < 0xf8 ? 3 : 0;
            if (more == 0 || i + more >= octets.length()) {
                characters.append(c);
                continue;
            }
            int value = c & (0x3f >> more);
            for (; more > 0; more--) {
                value = value << 6 | (octets.charAt(++i) & 0x3f);
            }
            characters.appendCodePoint(value & 0xfffff);
        }
        return characters.toString();
    }

    private static boolean isHexadecimal(String text, int start, int count) {
        return start + count <= text.length()
                && text.substring(start, start + count).chars().allMatch(HexFormat::isHexDigit);
    }
}
