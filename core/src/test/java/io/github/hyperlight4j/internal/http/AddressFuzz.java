package io.github.hyperlight4j.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Addresses: what the JDK knows to be special is never public, and metadata services are never reached. */
final class AddressFuzz {

    private static final List<String> METADATA =
            List.of("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192");

    private AddressFuzz() {}

    static void check(byte[] input) {
        byte[] bytes = Arrays.copyOf(input, input.length < 16 ? 4 : 16);
        InetAddress address = address(bytes);
        AddressKind kind = AddressKind.of(bytes);
        String text = HexFormat.of().formatHex(bytes);
        if (address.isLoopbackAddress() && bytes.length == address.getAddress().length) {
            assertEquals(AddressKind.LOOPBACK, kind, text);
        }
        if (address.isAnyLocalAddress() || address.isLinkLocalAddress() || address.isMulticastAddress()) {
            assertEquals(AddressKind.SPECIAL, kind, text);
        }
        if (address.isSiteLocalAddress() || address.isLoopbackAddress()) {
            assertNotEquals(AddressKind.PUBLIC, kind, text);
        }
        if (bytes.length == 16) {
            int offset = Math.floorMod(bytes[0] * 31 + bytes[15], 13);
            for (String metadata : METADATA) {
                byte[] embedding = bytes.clone();
                System.arraycopy(InetAddress.ofLiteral(metadata).getAddress(), 0, embedding, offset, 4);
                assertEquals(AddressKind.SPECIAL, AddressKind.of(embedding), text + " at " + offset);
            }
            if (address instanceof Inet4Address && kind == AddressKind.PUBLIC) {
                assertEquals(AddressKind.PUBLIC, AddressKind.of(address), text);
            }
        }
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
