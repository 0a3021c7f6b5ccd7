package io.github.hyperlight4j.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Seeded inputs for the checks of URLs, hosts, paths, header fields and addresses against second parsers. */
class HttpFuzzTest {

    private static final int INPUTS = 20_000;

    @Test
    void urlsAreReadAsOtherParsersDo() {
        run(UrlFuzz::check, List.of("http://", "https://example.com"), UrlFuzz.TOKENS, UTF_8);
    }

    @Test
    void hostsAreReadAsOtherParsersDo() {
        run(HostFuzz::check, List.of("", "["), HostFuzz.TOKENS, UTF_8);
    }

    @Test
    void noAcceptedPathLeadsUp() {
        run(PathFuzz::check, List.of("", "v1/"), PathFuzz.TOKENS, UTF_8);
    }

    @Test
    void headerFieldsAreReadAsServersDo() {
        run(HeaderFuzz::check, List.of("", "X-A: 1\r\n"), HeaderFuzz.TOKENS, StandardCharsets.ISO_8859_1);
    }

    @Test
    void specialAddressesAreNeverPublic() {
        Random random = new Random(5);
        for (int i = 0; i < INPUTS; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            if (bytes.length == 16 && random.nextInt(3) == 0) { // With an IPv4 address at its end.
                Arrays.fill(bytes, 0, 12, (byte) 0);
                bytes[10] = bytes[11] = (byte) (random.nextBoolean() ? 0xff : 0);
            }
            AddressFuzz.check(bytes);
        }
    }

    private static void run(Consumer<byte[]> check, List<String> beginnings, List<String> tokens, Charset charset) {
        Random random = new Random(7);
        for (int i = 0; i < INPUTS; i++) {
            StringBuilder text = new StringBuilder(beginnings.get(random.nextInt(beginnings.size())));
            for (int count = random.nextInt(8); count > 0; count--) {
                text.append(tokens.get(random.nextInt(tokens.size())));
                if (random.nextInt(3) == 0 && !charset.equals(UTF_8)) {
                    text.append("\r\n");
                }
            }
            byte[] bytes = text.toString().getBytes(charset);
            if (bytes.length > 0 && random.nextInt(10) == 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            check.accept(bytes);
        }
    }
}
