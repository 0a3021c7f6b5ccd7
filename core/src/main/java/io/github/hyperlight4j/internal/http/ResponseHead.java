package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.guest.GuestHttp;
import io.github.hyperlight4j.internal.guest.GuestHttpException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** The first part of a server's response, as the guest gets it. */
final class ResponseHead {

    private static final int MAX_SIZE = 256 * 1024;
    private static final int MAX_REASON = 1024;

    private ResponseHead() {}

    /**
     * {@return the status and the fields about the resource, without those of the connection, which the guest does not have}
     *
     * @param redaction removes secrets
     */
    static GuestHttp.Response of(ClassicHttpResponse response, Redaction redaction) throws GuestHttpException {
        Set<String> dropped = connectionOptions(response);
        HttpEntity entity = response.getEntity();
        if (entity != null && entity.getContentLength() < 0) {
            dropped.add("content-length"); // Beside a transfer encoding it means nothing.
        }
        StringBuilder fields = new StringBuilder();
        for (Header header : response.getHeaders()) {
            String name = header.getName();
            String value = header.getValue() == null ? "" : header.getValue();
            if (!HeaderRules.isToken(name) || value.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
                throw GuestHttpException.failed("The server's response has a malformed header");
            }
            if (!dropped.contains(name.toLowerCase(Locale.ROOT)) && !isForConnection(name)) {
                fields.append(name).append(": ").append(redaction.apply(value)).append("\r\n");
            }
            if (fields.length() > MAX_SIZE) {
                throw GuestHttpException.failed(
                        "The headers of the server's response are larger than " + MAX_SIZE + " characters");
            }
        }
        return new GuestHttp.Response(
                response.getCode(), reason(response.getReasonPhrase(), redaction), fields.toString());
    }

    private static Set<String> connectionOptions(ClassicHttpResponse response) {
        Set<String> options = new HashSet<>();
        for (Header header : response.getHeaders(HttpHeaders.CONNECTION)) {
            String value = header.getValue();
            for (String option : value == null ? new String[0] : value.split(",", -1)) {
                options.add(option.strip().toLowerCase(Locale.ROOT));
            }
        }
        return options;
    }

    private static boolean isForConnection(String name) {
        return HeaderRules.isForConnection(name) && !name.equalsIgnoreCase(HttpHeaders.CONTENT_LENGTH);
    }

    private static String reason(@Nullable String reason, Redaction redaction) {
        if (reason == null) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        reason.chars().limit(MAX_REASON).forEach(c -> text.append(c < ' ' || c == 0x7f ? ' ' : (char) c));
        return redaction.apply(text.toString());
    }
}
