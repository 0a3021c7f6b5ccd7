package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.ByteSize;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of a program's output streams, up to a limit. It is kept as the bytes that the program wrote, in blocks, and decoded
 * when the text is asked for, or piece by piece for a listener. A character may be written in pieces; malformed input becomes
 * U+FFFD.
 */
public final class CapturedText {

    private static final int SMALLEST_BLOCK = 1 << 10;
    private static final int LARGEST_BLOCK = 1 << 20;
    /** The most bytes that a listener gets at once. */
    private static final int LARGEST_PIECE = 1 << 20;

    /** A block of the output, full once there is a next one. */
    private static final class Block {
        private final byte[] bytes;
        private @Nullable Block next;

        Block(long size) {
            bytes = new byte[(int) size];
        }
    }

    private final ByteSize limit;
    /** Empty: a reader that is made before the first output begins here. Null once the text is decoded. */
    private @Nullable Block first = new Block(0);

    private @Nullable Block last = first;
    private int lastUsed;
    private long kept;
    private boolean isCut;
    private boolean isEnded;
    private @Nullable String text;

    /** @param limit the most bytes that are kept */
    CapturedText(ByteSize limit) {
        this.limit = limit;
    }

    /** Returns the output of a program that never began. */
    static CapturedText none() {
        return new CapturedText(ByteSize.ofBytes(0));
    }

    /**
     * Appends bytes that the guest wrote. Neither keeps nor allocates more than the limit.
     *
     * @return whether these bytes exceed the limit: then the stream ends here, with a mark
     */
    boolean write(ByteBuffer bytes) {
        if (isEnded) {
            return false;
        }
        boolean fits = bytes.remaining() <= limit.bytes() - kept;
        append(fits ? bytes : bytes.slice(bytes.position(), (int) (limit.bytes() - kept)));
        isCut = !fits;
        isEnded = !fits;
        return !fits;
    }

    private void append(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            Block block = Objects.requireNonNull(last);
            if (lastUsed == block.bytes.length) {
                block = new Block(nextBlock(bytes.remaining()));
                last.next = block;
                last = block;
                lastUsed = 0;
            }
            int count = Math.min(bytes.remaining(), block.bytes.length - lastUsed);
            bytes.get(block.bytes, lastUsed, count);
            lastUsed += count;
            kept += count;
        }
    }

    /** Returns the size of the next block: blocks grow with the output, so that little output takes little. */
    private long nextBlock(int wanted) {
        long size = Math.clamp(Math.max(wanted, kept), SMALLEST_BLOCK, LARGEST_BLOCK);
        return Math.min(size, limit.bytes() - kept);
    }

    /** Ends the stream. Nothing is appended afterwards. */
    void end() {
        isEnded = true;
    }

    boolean isEnded() {
        return isEnded;
    }

    /** Returns the number of bytes that are kept. */
    long size() {
        return kept;
    }

    /** Returns a reader at the beginning. To be made before the text is asked for. */
    Reader reader() {
        return new Reader();
    }

    /** Returns the text of a stream that has ended. The first call decodes it. */
    public synchronized String text() {
        if (text == null) {
            text = decode();
        }
        return text;
    }

    private String decode() {
        boolean isAscii = isAscii();
        Reader reader = new Reader();
        first = null; // Blocks go as they are decoded.
        last = null;
        if (isAscii && !isCut) {
            byte[] ascii = new byte[(int) kept];
            reader.copy(ascii);
            return new String(ascii, ISO_8859_1);
        }
        StringBuilder decoded = new StringBuilder((int) Math.min(Integer.MAX_VALUE - 100, kept + 100));
        reader.read(kept, true, decoded::append);
        return decoded.toString();
    }

    private boolean isAscii() {
        int bits = 0;
        long left = kept;
        for (Block block = first; block != null && bits >= 0; block = block.next) {
            int used = (int) Math.min(block.bytes.length, left);
            for (int i = 0; i < used; i++) {
                bits |= block.bytes[i];
            }
            left -= used;
        }
        return bits >= 0;
    }

    /**
     * Decodes the stream piece by piece, possibly on another thread than the writing one, which must have published the bytes
     * that are read.
     */
    final class Reader {

        private @Nullable Block block = first;
        private int at;
        private long position;
        private boolean isEmpty = true;
        private final CharsetDecoder decoder = UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        /** The beginning of a character of which the end is not read yet. */
        private final ByteBuffer incomplete = ByteBuffer.allocate(4);

        private Reader() {}

        /**
         * Decodes the bytes up to a position.
         *
         * @param to the position
         * @param isEnd whether that is the end of the stream
         * @param listener gets the text; not called for none
         */
        void read(long to, boolean isEnd, Consumer<? super String> listener) {
            StringBuilder piece = new StringBuilder();
            while (position < to) {
                decode(next(Math.min(to - position, LARGEST_PIECE)), piece);
                if (piece.length() >= LARGEST_PIECE) {
                    deliver(piece, listener);
                }
            }
            if (isEnd && isCut) {
                piece.append(isEmpty && piece.isEmpty() ? "" : "\n").append(mark());
            } else if (isEnd) {
                decodeEnd(piece);
            }
            deliver(piece, listener);
        }

        private void deliver(StringBuilder piece, Consumer<? super String> listener) {
            if (!piece.isEmpty()) {
                isEmpty = false;
                listener.accept(piece.toString());
                piece.setLength(0);
            }
        }

        private String mark() {
            return "[output cut: the limit is " + limit + "]\n";
        }

        /** Returns the next bytes, at most as many as are wanted and stand in one block. */
        private ByteBuffer next(long wanted) {
            while (at == Objects.requireNonNull(block).bytes.length) {
                block = block.next;
                at = 0;
            }
            int count = (int) Math.min(wanted, block.bytes.length - at);
            ByteBuffer bytes = ByteBuffer.wrap(block.bytes, at, count);
            at += count;
            position += count;
            return bytes;
        }

        private void copy(byte[] into) {
            while (position < into.length) {
                int from = (int) position;
                ByteBuffer bytes = next(into.length - position);
                bytes.get(into, from, bytes.remaining());
            }
        }

        private void decode(ByteBuffer bytes, StringBuilder into) {
            CharBuffer chars = CharBuffer.allocate(bytes.remaining() + 4);
            // Completes the pending character byte by byte, until the decoder has taken it.
            while (incomplete.position() > 0 && bytes.hasRemaining()) {
                incomplete.put(bytes.get()).flip();
                decoder.decode(incomplete, chars, false);
                incomplete.compact();
            }
            decoder.decode(bytes, chars, false);
            incomplete.put(bytes);
            into.append(chars.flip());
        }

        private void decodeEnd(StringBuilder into) {
            CharBuffer chars = CharBuffer.allocate(8);
            incomplete.flip();
            decoder.decode(incomplete, chars, true);
            decoder.flush(chars);
            into.append(chars.flip());
        }
    }
}
