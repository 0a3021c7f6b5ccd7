package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.ByteSize;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.function.Consumer;

/**
 * One of a program's output streams: bytes become text, up to a limit. A character may come in pieces; what is no
 * character becomes U+FFFD.
 */
final class CapturedText {

    private final ByteSize limit;
    private final Consumer<String> listener;
    private final Runnable overflow;
    private final StringBuilder text = new StringBuilder();
    private final CharsetDecoder decoder = UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    /** The beginning of a character whose end has not been written yet. */
    private final ByteBuffer incomplete = ByteBuffer.allocate(4);

    private long kept;
    private boolean cut;

    /**
     * @param limit how many bytes are kept
     * @param listener hears of the text
     * @param overflow called once, when there is more
     */
    CapturedText(ByteSize limit, Consumer<String> listener, Runnable overflow) {
        this.limit = limit;
        this.listener = listener;
        this.overflow = overflow;
    }

    /** Takes bytes that the guest wrote. Never keeps, nor makes room for, more than the limit. */
    void write(ByteBuffer bytes) {
        if (cut) {
            return;
        }
        boolean fits = bytes.remaining() <= limit.bytes() - kept;
        ByteBuffer within = fits ? bytes : bytes.slice(bytes.position(), (int) (limit.bytes() - kept));
        kept += within.remaining();
        StringBuilder decoded = new StringBuilder();
        decode(within, false, decoded);
        if (!fits) {
            cut = true;
            decoded.append(decoded.isEmpty() && text.isEmpty() ? "" : "\n")
                    .append("[output cut: the limit is ")
                    .append(limit)
                    .append("]\n");
        }
        add(decoded);
        if (cut) {
            overflow.run();
        }
    }

    /** Ends the stream. */
    void end() {
        if (!cut) {
            StringBuilder decoded = new StringBuilder();
            decode(ByteBuffer.allocate(0), true, decoded);
            add(decoded);
            cut = true;
        }
    }

    String text() {
        return text.toString();
    }

    private void add(StringBuilder decoded) {
        if (!decoded.isEmpty()) {
            text.append(decoded);
            listener.accept(decoded.toString());
        }
    }

    private void decode(ByteBuffer bytes, boolean end, StringBuilder decoded) {
        // Completes the character that is pending, byte by byte, until the decoder has taken it.
        CharBuffer chars = CharBuffer.allocate(Math.max(16, Math.min(bytes.remaining() + 4, 8192)));
        while (incomplete.position() > 0 && bytes.hasRemaining()) {
            incomplete.put(bytes.get()).flip();
            decoder.decode(incomplete, chars, false);
            incomplete.compact();
        }
        drain(chars, decoded);
        while (decoder.decode(bytes, chars, false).isOverflow()) {
            drain(chars, decoded);
        }
        drain(chars, decoded);
        incomplete.put(bytes);
        if (end) {
            incomplete.flip();
            decoder.decode(incomplete, chars, true);
            decoder.flush(chars);
            drain(chars, decoded);
        }
    }

    private static void drain(CharBuffer chars, StringBuilder decoded) {
        decoded.append(chars.flip());
        chars.clear();
    }
}
