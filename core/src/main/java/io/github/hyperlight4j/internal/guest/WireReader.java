package io.github.hyperlight4j.internal.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.Arrays;

/**
 * Reads the values of a message from the guest: one parameter of a call, or the result of one.
 *
 * <p>The format is that of Hyperlight's component bindings ({@code hyperlight-component-util} 0.17, {@code src/hl.rs}):
 * integers in native byte order; a string or a list as a {@code u32} count and its bytes or elements; a {@code bool} as
 * one byte; a {@code result} as one byte, 0 for ok and 1 for error, and the payload; a record as its fields in order.
 *
 * <p>Reading is total: every sequence of bytes is either read or refused with a {@link GuestProtocolException}, at a cost
 * proportional to its length.
 */
final class WireReader {

    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private final ByteBuffer bytes;

    /** @param bytes the message, from position to limit; becomes the reader's */
    WireReader(ByteBuffer bytes) {
        this.bytes = bytes.order(ByteOrder.nativeOrder());
    }

    int u8() throws GuestProtocolException {
        require(1);
        return Byte.toUnsignedInt(bytes.get());
    }

    boolean bool() throws GuestProtocolException {
        return switch (u8()) {
            case 0 -> false;
            case 1 -> true;
            default -> throw malformed();
        };
    }

    /** Reads a {@code u32} or an {@code s32}. */
    int u32() throws GuestProtocolException {
        require(Integer.BYTES);
        return bytes.getInt();
    }

    long u64() throws GuestProtocolException {
        require(Long.BYTES);
        return bytes.getLong();
    }

    String string() throws GuestProtocolException {
        byte[] utf8 = copy(bytes());
        String text = new String(utf8, UTF_8);
        // Decoding replaces what is malformed by U+FFFD, which the text may also have contained.
        if (text.indexOf('\uFFFD') >= 0 && !Arrays.equals(text.getBytes(UTF_8), utf8)) {
            throw malformed();
        }
        return text;
    }

    /** Reads a string and returns its bytes, which are UTF-8, where they are: valid as long as the message. */
    ByteBuffer utf8() throws GuestProtocolException {
        ByteBuffer utf8 = bytes();
        if (!isUtf8(utf8)) {
            throw malformed();
        }
        return utf8;
    }

    /**
     * Reads bytes that were sent as a string of the characters U+0000 to U+00FF. If all are ASCII, they are returned where
     * they are, and valid as long as the message.
     */
    ByteBuffer octets() throws GuestProtocolException {
        ByteBuffer text = bytes();
        if (isAscii(text)) {
            return text;
        }
        byte[] octets = copy(text);
        int size = 0;
        for (int i = 0; i < octets.length; i++) {
            int octet = octets[i];
            if (octet < 0) { // The first of the two bytes of a character from U+0080 on: 1100001x 10xxxxxx.
                i++;
                if ((octet & 0xFE) != 0xC2 || i == octets.length || (octets[i] & 0xC0) != 0x80) {
                    throw malformed();
                }
                octet = (octet << 6) | (octets[i] & 0x3F);
            }
            octets[size++] = (byte) octet;
        }
        return ByteBuffer.wrap(octets, 0, size);
    }

    /** Ends the reading: bytes that are left over are malformed, too. */
    void end() throws GuestProtocolException {
        if (bytes.hasRemaining()) {
            throw malformed();
        }
    }

    static boolean isUtf8(ByteBuffer bytes) {
        if (isAscii(bytes)) {
            return true;
        }
        CharsetDecoder decoder = UTF_8.newDecoder();
        ByteBuffer rest = bytes.duplicate();
        CharBuffer decoded = CharBuffer.allocate(1024);
        CoderResult result;
        do {
            result = decoder.decode(rest, decoded.clear(), true);
        } while (result.isOverflow());
        return !result.isError();
    }

    private static boolean isAscii(ByteBuffer bytes) {
        int at = bytes.position();
        int end = bytes.limit();
        for (; at <= end - 4 * Long.BYTES; at += 4 * Long.BYTES) {
            long all = bytes.getLong(at) | bytes.getLong(at + 8) | bytes.getLong(at + 16) | bytes.getLong(at + 24);
            if ((all & HIGH_BITS) != 0) {
                return false;
            }
        }
        for (; at < end; at++) {
            if (bytes.get(at) < 0) {
                return false;
            }
        }
        return true;
    }

    private ByteBuffer bytes() throws GuestProtocolException {
        int count = u32();
        if (count < 0) {
            throw malformed(); // 2 GiB or more.
        }
        require(count);
        ByteBuffer slice = bytes.slice(bytes.position(), count);
        bytes.position(bytes.position() + count);
        return slice;
    }

    private void require(int count) throws GuestProtocolException {
        if (bytes.remaining() < count) {
            throw malformed();
        }
    }

    private static byte[] copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        return copy;
    }

    private static GuestProtocolException malformed() {
        return new GuestProtocolException("the guest sent a malformed message");
    }
}
