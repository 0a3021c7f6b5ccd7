package io.github.hyperlight4j.internal.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.hyperlight4j.internal.guest.GuestHttpException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestParser;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;

/** Header fields: a server's parser reads accepted ones as they were read here, and finds no other among them. */
final class HeaderFuzz {

    static final List<String> TOKENS = List.of(
            "\r\n",
            "\r",
            "\n",
            ":",
            ": ",
            " ",
            "\t",
            "X-A",
            "Host",
            "Host: example.com",
            "Content-Length",
            "Content-Length: 3",
            "Content_Length: 3",
            "Transfer-Encoding",
            "chunked",
            "Connection: close",
            "Connection: X-A",
            "X-Forwarded-For",
            "Forwarded",
            "Proxy-",
            "Via",
            "X-Original-URL",
            "X-HTTP-Method-Override: delete",
            "Destination: /a",
            "é",
            "\u0000",
            "\u0085",
            "\u00a0",
            "€",
            "a",
            "1",
            ",",
            ";",
            "\"",
            "GET / HTTP/1.1");

    private static final List<String> OF_THE_CONNECTION = List.of(
            "transfer-encoding",
            "te",
            "trailer",
            "upgrade",
            "keep-alive",
            "expect",
            "host",
            "content-length",
            "connection");

    /** More than what is accepted here: by itself, the second parser takes 100 fields. */
    private static final Http1Config PARSER_LIMITS = Http1Config.custom()
            .setMaxHeaderCount(1000)
            .setMaxLineLength(1 << 20)
            .build();

    private HeaderFuzz() {}

    static void check(byte[] input) {
        String text = new String(input, ISO_8859_1);
        RequestFields fields;
        try {
            fields = RequestFields.parse(text, Url.parse("https://example.com/x"));
        } catch (GuestHttpException e) {
            return;
        } catch (Url.SyntaxException e) {
            throw new AssertionError(e);
        }
        List<String> sent = new ArrayList<>();
        for (RequestFields.Field field : fields.fields()) {
            String name = field.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "-");
            assertFalse(OF_THE_CONNECTION.contains(name), text);
            assertFalse(name.matches("proxy-.*|(?:x-)?forwarded.*|x-original-ur[il]|via"), text);
            sent.add(field.name() + ": " + field.value());
        }
        assertEquals(sent, parsed(String.join("\r\n", sent) + (sent.isEmpty() ? "" : "\r\n")), text);
        List<String> read = parsed(text);
        read.removeIf(line -> line.toLowerCase(Locale.ROOT).matches("(?:host|content-length|connection): .*"));
        read.replaceAll(HeaderFuzz::withoutDestination);
        sent.replaceAll(HeaderFuzz::withoutDestination);
        assertEquals(sent, read, text);
    }

    /** A destination is sent in its normal form, which {@link UrlFuzz} is about. */
    private static String withoutDestination(String line) {
        return line.replaceFirst("(?i)^destination: .*", "destination");
    }

    private static List<String> parsed(String fields) {
        byte[] head = ("GET / HTTP/1.1\r\n" + fields + "\r\n").getBytes(ISO_8859_1);
        try {
            ClassicHttpRequest request = new DefaultHttpRequestParser(PARSER_LIMITS)
                    .parse(new SessionInputBufferImpl(8192), new ByteArrayInputStream(head));
            List<String> lines = new ArrayList<>();
            for (Header header : request.getHeaders()) {
                lines.add(header.getName() + ": " + header.getValue());
            }
            return lines;
        } catch (IOException | HttpException e) {
            throw new AssertionError("A server refuses what is accepted here: " + fields, e);
        }
    }
}
