package io.github.hyperlight4j.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names in the host's directories: the kernel's list of them, and their decoding. */
final class HostNamesFuzz {

    private static final int HEADER = 19;

    private HostNamesFuzz() {}

    /** Takes the input as a kernel's list as it is, as one name, and as names of a list that is well formed. */
    static void check(byte[] input) {
        assertTrue(LinuxFiles.names(input).size() <= input.length / HEADER);
        assertEquals(decoded(input), HostListing.text(input));
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        List<byte[]> expected = new ArrayList<>();
        for (int at = 0; at < input.length; ) {
            int type = input[at] & 15;
            int end = at + 1;
            while (end < input.length && end < at + 256 && input[end] != 0) {
                end++;
            }
            byte[] name = Arrays.copyOfRange(input, at + 1, end);
            list.writeBytes(entry(type, name));
            if (List.of(0, 4, 8, 10).contains(type) && !List.of(".", "..").contains(new String(name, UTF_8))) {
                expected.add(name);
            }
            at = end + 1;
        }
        List<byte[]> names = LinuxFiles.names(list.toByteArray());
        assertEquals(expected.size(), names.size());
        for (int i = 0; i < names.size(); i++) {
            assertArrayEquals(expected.get(i), names.get(i));
        }
    }

    /** A struct linux_dirent64, padded as the kernel does. */
    private static byte[] entry(int type, byte[] name) {
        int length = (HEADER + name.length + 8) & ~7;
        ByteBuffer entry = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        entry.putShort(16, (short) length).put(18, (byte) type).put(HEADER, name);
        return entry.array();
    }

    private static @Nullable String decoded(byte[] name) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
