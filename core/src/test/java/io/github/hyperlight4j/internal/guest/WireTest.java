package io.github.hyperlight4j.internal.guest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The format of what crosses the boundary, and what is refused as malformed. */
class WireTest {

    @Test
    void valuesComeBackAsTheyWereWritten() throws GuestProtocolException {
        WireReader reader = new WireReader(written(out -> out.bytes("grüße".getBytes(UTF_8))
                .u64(7)
                .u8(255)
                .bool(true)
                .u32(-1)
                .bytes("\uFFFD\uD83D\uDC0D".getBytes(UTF_8))));
        assertEquals("grüße", reader.string());
        assertEquals(7, reader.u64());
        assertEquals(255, reader.u8());
        assertTrue(reader.bool());
        assertEquals(-1, reader.u32());
        assertEquals("\uFFFD\uD83D\uDC0D", reader.string());
        reader.end();
    }

    @Test
    void countBeyondTheEndIsRefusedWithoutAllocating() {
        for (int count : new int[] {-1, Integer.MAX_VALUE, 5}) {
            byte[] sent = bytes(written(out -> out.u32(count).u32(0)));
            assertMalformed(() -> reader(sent).string());
            assertMalformed(() -> reader(sent).utf8());
            assertMalformed(() -> reader(sent).octets());
        }
    }

    @Test
    void textThatIsNotUtf8IsRefused() {
        // A lone byte, a cut character, an overlong one, a surrogate, one beyond U+10FFFF; all after U+FFFD, too.
        for (String hex : new String[] {"ff", "80", "c3", "e282", "c080", "e08080", "eda080", "f4908080"}) {
            for (String before : new String[] {"", "61", "efbfbd"}) {
                byte[] sent = string(HexFormat.of().parseHex(before + hex));
                assertMalformed(() -> reader(sent).string());
                assertMalformed(() -> reader(sent).utf8());
            }
        }
    }

    @Test
    void bytesLeftOverAreRefused() throws GuestProtocolException {
        WireReader reader = reader(1, 2);
        assertEquals(1, reader.u8());
        assertMalformed(reader::end);
    }

    @Test
    void octetsAreEveryByteAndNothingElse() throws GuestProtocolException {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        byte[] sent = string(new String(all, ISO_8859_1).getBytes(UTF_8));
        assertArrayEquals(all, bytes(reader(sent).octets()));
        assertArrayEquals(all, bytes(new WireReader(MemorySegment.ofArray(sent).asByteBuffer()).octets()));
        for (String hex : new String[] {"c480", "c2", "c261", "c080", "80", "c1bf", "c400", "e28080", "61c3"}) {
            byte[] other = string(HexFormat.of().parseHex(hex));
            assertMalformed(() -> reader(other).octets());
        }
    }

    /** The test for ASCII looks at 32 bytes at a time. */
    @Test
    void oneByteThatIsNoAsciiIsFoundWhereverItIs() throws GuestProtocolException {
        for (int size = 0; size < 100; size++) {
            byte[] text = new byte[size];
            Arrays.fill(text, (byte) 'a');
            assertArrayEquals(text, bytes(reader(string(text)).octets()));
            for (int at = 0; at < size; at++) {
                byte[] other = text.clone();
                other[at] = (byte) 0xFF;
                byte[] sent = string(other);
                assertMalformed(() -> reader(sent).octets());
                assertMalformed(() -> reader(sent).utf8());
            }
        }
    }

    @Test
    void boolIs0Or1() throws GuestProtocolException {
        assertFalse(reader(0).bool());
        assertTrue(reader(1).bool());
        assertMalformed(reader(2)::bool);
        assertMalformed(reader(255)::bool);
    }

    @Test
    void outcomeIsReadWhole() throws GuestProtocolException {
        byte[] sent = bytes(written(
                out -> out.u32(-7).bytes(new byte[] {'a'}).bytes(new byte[0]).bytes("ü".getBytes(UTF_8))));
        assertEquals(new GuestOutcome(-7, "a", "", "ü"), GuestExecutor.outcome(ByteBuffer.wrap(sent)));
        for (int end = 0; end < sent.length; end++) {
            byte[] part = Arrays.copyOf(sent, end);
            assertMalformed(() -> GuestExecutor.outcome(ByteBuffer.wrap(part)));
        }
        assertMalformed(() -> GuestExecutor.outcome(ByteBuffer.wrap(Arrays.copyOf(sent, sent.length + 1))));
    }

    @Test
    void mistakeOfTheHostIsNotWritten() {
        WireWriter out = new WireWriter(MemorySegment.ofArray(new byte[4]));
        assertThrows(IllegalArgumentException.class, () -> out.u8(256));
        assertThrows(IllegalArgumentException.class, () -> out.u8(-1));
        assertThrows(BufferOverflowException.class, () -> out.u64(1));
        assertThrows(IllegalArgumentException.class, () -> out.skip(5));
        assertEquals(0, out.size());
    }

    /** Every prefix of a message, every change of one byte, and random bytes are either read or refused. */
    @Test
    void noInputIsAnythingButReadOrRefused() {
        byte[] sent = bytes(written(out -> out.bytes("tool".getBytes(UTF_8)).bytes("{ü}".getBytes(UTF_8))));
        for (int end = 0; end < sent.length; end++) {
            readAll(Arrays.copyOf(sent, end));
        }
        for (int at = 0; at < sent.length; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] changed = sent.clone();
                changed[at] = (byte) value;
                readAll(changed);
            }
        }
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            byte[] any = new byte[random.nextInt(40)];
            random.nextBytes(any);
            if (any.length > 4 && random.nextBoolean()) {
                ByteBuffer.wrap(any).order(ByteOrder.nativeOrder()).putInt(0, random.nextInt(any.length));
            }
            readAll(any);
        }
    }

    private interface Reading {
        Object of(WireReader reader) throws GuestProtocolException;
    }

    private static void readAll(byte[] message) {
        Reading[] readings = {
            WireReader::u8,
            WireReader::bool,
            WireReader::u32,
            WireReader::u64,
            WireReader::string,
            WireReader::utf8,
            WireReader::octets,
            reader -> reader.string() + reader.string(),
        };
        for (Reading reading : readings) {
            try {
                WireReader reader = reader(message);
                reading.of(reader);
                reader.end();
            } catch (GuestProtocolException e) {
                assertEquals("the guest sent a malformed message", e.getMessage());
            }
        }
    }

    private interface Call {
        void run() throws GuestProtocolException;
    }

    private static void assertMalformed(Call call) {
        assertThrows(GuestProtocolException.class, call::run);
    }

    private static WireReader reader(int... bytes) {
        byte[] message = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            message[i] = (byte) bytes[i];
        }
        return reader(message);
    }

    private static WireReader reader(byte[] message) {
        return new WireReader(ByteBuffer.wrap(message));
    }

    private static byte[] string(byte[] content) {
        return bytes(written(out -> out.bytes(content)));
    }

    private static ByteBuffer written(Consumer<WireWriter> values) {
        WireWriter out = new WireWriter(MemorySegment.ofArray(new byte[1000]));
        values.accept(out);
        return ByteBuffer.wrap(out.written().toArray(ValueLayout.JAVA_BYTE));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
