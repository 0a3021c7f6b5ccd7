package io.github.hyperlight4j.internal.http;

/** Text of the guest or of a server, made fit to stand in a sentence. */
final class Quoted {

    private static final int MAX_LENGTH = 200;

    private Quoted() {}

    /** {@return the text in quotes, cut if it is long, with '?' for characters that would break a line} */
    static String of(String text) {
        StringBuilder quoted = new StringBuilder("'");
        int end = Math.min(text.length(), MAX_LENGTH);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            quoted.append(c < ' ' || c == 0x7f || c > 0xff || (c >= 0x80 && c < 0xa0) ? '?' : c);
        }
        return quoted.append(end < text.length() ? "...'" : "'").toString();
    }
}
