package io.github.hyperlight4j.internal.http;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Removal of secrets from text for the guest. */
final class Redaction {

    private static final String MARK = "[removed]";
    /** Shorter credentials occur in ordinary text. */
    private static final int MIN_CREDENTIAL = 8;

    private final List<String> secrets;

    /** @param headers the secrets: their values, and the credentials in values like {@code Bearer abc} */
    Redaction(List<SecretHeader> headers) {
        secrets = headers.stream()
                .map(SecretHeader::value)
                .flatMap(value -> Stream.of(value, value.substring(value.lastIndexOf(' ') + 1))
                        .filter(secret -> secret.equals(value) || secret.length() >= MIN_CREDENTIAL))
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    String apply(String text) {
        String redacted = text;
        for (String secret : secrets) {
            redacted = redacted.replace(secret, MARK);
        }
        return redacted;
    }
}
