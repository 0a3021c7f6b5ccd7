package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.guest.GuestHttpException;
import io.github.hyperlight4j.internal.guest.GuestHttpException.Kind;

/** Text that somebody else wrote, made fit to stand in a sentence. */
final class Quoted {

    private static final int LONGEST = 200;

    private Quoted() {}

    /** {@return the text in quotes, cut if it is long, and without characters that would break a line} */
    static String of(String text) {
        StringBuilder quoted = new StringBuilder("'");
        int end = Math.min(text.length(), LONGEST);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            quoted.append(c < ' ' || c == 0x7f || c > 0xff || (c >= 0x80 && c < 0xa0) ? '?' : c);
        }
        return quoted.append(end < text.length() ? "...'" : "'").toString();
    }

    static GuestHttpException refused(String message) {
        return new GuestHttpException(Kind.REFUSED, message);
    }

    static GuestHttpException failed(String message) {
        return new GuestHttpException(Kind.FAILED, message);
    }
}
