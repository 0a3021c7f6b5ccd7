package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.hyperlight4j.ByteSize;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CapturedTextTest {

    private final StringBuilder heard = new StringBuilder();
    private int overflows;

    @Test
    void charactersThatComeInPiecesAreWhole() {
        String text = "aé€😀\n".repeat(2000);
        byte[] bytes = text.getBytes(UTF_8);
        Random random = new Random(7);
        Stream captured = new Stream(1 << 20);
        for (int from = 0; from < bytes.length; ) {
            int count = Math.min(bytes.length - from, random.nextInt(random.nextInt(10) == 0 ? 9000 : 6));
            captured.write(ByteBuffer.wrap(bytes, from, count));
            from += count;
        }
        captured.end();
        assertEquals(text, captured.text());
        assertEquals(text, heard.toString());
    }

    @Test
    void whatIsNotUtf8IsReplaced() {
        Stream captured = new Stream(100);
        captured.write(bytes('a', 0xFF, 'b', 0xF0, 0x9F));
        captured.write(bytes('c', 0xE2, 0x82));
        captured.end();
        assertEquals("a\uFFFDb\uFFFDc\uFFFD", captured.text());
    }

    @Test
    void limitCutsWithAMarkThatTheListenerSeesToo() {
        Stream captured = new Stream(5);
        captured.write(ByteBuffer.wrap("abc".getBytes(UTF_8)));
        captured.write(ByteBuffer.wrap("defg".getBytes(UTF_8)));
        captured.write(ByteBuffer.wrap("never".getBytes(UTF_8)));
        captured.end();
        assertEquals("abcde\n[output cut: the limit is 5 bytes]\n", captured.text());
        assertEquals(captured.text(), heard.toString());
        assertEquals(1, overflows);
    }

    @Test
    void limitNeverCutsInsideACharacter() {
        Stream captured = new Stream(5);
        captured.write(ByteBuffer.wrap("abc😀".getBytes(UTF_8)));
        captured.end();
        assertEquals("abc\n[output cut: the limit is 5 bytes]\n", captured.text());
    }

    @Test
    void exactlyTheLimitIsNotCut() {
        Stream captured = new Stream(3);
        captured.write(ByteBuffer.wrap("abc".getBytes(UTF_8)));
        captured.end();
        assertEquals("abc", captured.text());
        assertEquals(0, overflows);
    }

    @Test
    void nothingIsKeptAtALimitOfZero() {
        Stream captured = new Stream(0);
        captured.write(ByteBuffer.wrap("abc".getBytes(UTF_8)));
        captured.end();
        assertEquals("[output cut: the limit is 0 bytes]\n", captured.text());
    }

    /** A stream with a listener that is notified of each write. */
    private final class Stream {

        private final CapturedText text;
        private final CapturedText.Reader listener;

        Stream(long limit) {
            text = new CapturedText(ByteSize.ofBytes(limit));
            listener = text.reader();
        }

        void write(ByteBuffer bytes) {
            boolean wasEnded = text.isEnded();
            overflows += text.write(bytes) ? 1 : 0;
            if (!wasEnded) {
                notifyListener();
            }
        }

        void end() {
            boolean wasEnded = text.isEnded();
            text.end();
            if (!wasEnded) {
                notifyListener();
            }
        }

        String text() {
            return text.text();
        }

        private void notifyListener() {
            listener.read(text.size(), text.isEnded(), heard::append);
        }
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }
}
