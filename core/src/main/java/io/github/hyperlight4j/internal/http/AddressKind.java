package io.github.hyperlight4j.internal.http;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;

/** The kind of network in which an IP address is. */
enum AddressKind {

    /** The Internet. */
    PUBLIC,
    /** This machine. */
    LOOPBACK,
    /** A private network: RFC 1918, ULA, shared address space. */
    PRIVATE,
    /**
     * Special-purpose (RFC 6890): link-local, multicast, broadcast, unspecified, documentation, benchmarks, reserved, tunnels'
     * ends; and the metadata services of clouds. Never reached by a name.
     */
    SPECIAL;

    /** A block of addresses; of those that contain an address, the narrowest decides. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Block(byte[] prefix, int bits, AddressKind kind) {

        boolean contains(byte[] address) {
            return address.length == prefix.length && beginsAt(address, 0);
        }

        /** Returns whether an address of this block begins there. */
        boolean beginsAt(byte[] bytes, int offset) {
            int whole = bits / 8;
            int mask = 0xff00 >> bits % 8;
            return Arrays.equals(bytes, offset, offset + whole, prefix, 0, whole)
                    && (bits % 8 == 0 || ((bytes[offset + whole] ^ prefix[whole]) & mask & 0xff) == 0);
        }
    }

    private static final Block[] BLOCKS = {
        block("00000000", 0, PUBLIC),
        block("00000000", 8, SPECIAL), // This network.
        block("0a000000", 8, PRIVATE),
        block("64400000", 10, PRIVATE), // Shared address space (CGNAT).
        block("646464c8", 32, SPECIAL), // 100.100.100.200: metadata (Alibaba Cloud).
        block("7f000000", 8, LOOPBACK),
        block("a83f8110", 32, SPECIAL), // 168.63.129.16: the host's agent (Azure).
        block("a9fe0000", 16, SPECIAL), // Link-local, with 169.254.169.254: metadata.
        block("ac100000", 12, PRIVATE),
        block("c0000000", 24, SPECIAL), // Protocol assignments, with 192.0.0.192: metadata (Oracle Cloud).
        block("c0000200", 24, SPECIAL), // Documentation.
        block("c0586300", 24, SPECIAL), // Relays for 6to4.
        block("c0a80000", 16, PRIVATE),
        block("c6120000", 15, SPECIAL), // Benchmarks.
        block("c6336400", 24, SPECIAL), // Documentation.
        block("cb007100", 24, SPECIAL), // Documentation.
        block("e0000000", 3, SPECIAL), // Multicast, reserved, broadcast.
        block("0".repeat(32), 0, SPECIAL), // IPv6 outside the following blocks.
        block("0".repeat(31) + "1", 128, LOOPBACK),
        block("2" + "0".repeat(31), 3, PUBLIC), // Global unicast.
        block("2001" + "0".repeat(28), 23, SPECIAL), // Protocol assignments, Teredo, benchmarks.
        block("20010db8" + "0".repeat(24), 32, SPECIAL), // Documentation.
        block("3fff" + "0".repeat(28), 20, SPECIAL), // Documentation.
        block("fc" + "0".repeat(30), 7, PRIVATE), // Unique local.
        block("fd000042" + "0".repeat(20) + "0042", 128, SPECIAL), // fd00:42::42: metadata (Scaleway).
        block("fd000ec2" + "0".repeat(24), 32, SPECIAL), // Metadata (::254), credentials (::23), DNS, time (AWS).
        block("fd2000ce" + "0".repeat(24), 32, SPECIAL), // Metadata (::254), DNS (Google Cloud).
    };

    /** IPv4 addresses of metadata services, which clouds also embed in IPv6 addresses. */
    private static final Block[] METADATA = {
        block("646464c8", 32, SPECIAL), // 100.100.100.200.
        block("a83f8110", 32, SPECIAL), // 168.63.129.16.
        block("a9fea900", 24, SPECIAL), // 169.254.169.254 and its neighbours for DNS and time.
        block("a9feaa00", 24, SPECIAL), // 169.254.170.2, 169.254.170.23: credentials (AWS).
        block("c00000c0", 32, SPECIAL), // 192.0.0.192.
    };

    /** The blocks that carry an IPv4 address, and its place in them. */
    private static final Block MAPPED = block("0".repeat(20) + "ffff" + "0".repeat(8), 96, SPECIAL);

    private static final Block COMPATIBLE = block("0".repeat(32), 96, SPECIAL);
    private static final Block TRANSLATED = block("0".repeat(16) + "ffff" + "0".repeat(12), 96, SPECIAL);
    private static final Block NAT64 = block("0064ff9b" + "0".repeat(24), 96, SPECIAL);
    private static final Block SIX_TO_FOUR = block("2002" + "0".repeat(28), 16, SPECIAL);

    private static Block block(String prefix, int bits, AddressKind kind) {
        return new Block(HexFormat.of().parseHex(prefix), bits, kind);
    }

    static AddressKind of(InetAddress address) {
        return of(address.getAddress());
    }

    static AddressKind of(byte[] address) {
        AddressKind kind = narrowest(address);
        if (kind == LOOPBACK || address.length == 4) {
            return kind;
        }
        if (embedsMetadata(address)) {
            return SPECIAL;
        }
        if (MAPPED.contains(address)
                || COMPATIBLE.contains(address)
                || TRANSLATED.contains(address)
                || NAT64.contains(address)) {
            return embedded(address, 12);
        }
        return SIX_TO_FOUR.contains(address) ? embedded(address, 2) : kind;
    }

    /** The translator may be anywhere: what is not public to it may be reached by nothing but its own address. */
    private static AddressKind embedded(byte[] address, int offset) {
        return narrowest(Arrays.copyOfRange(address, offset, offset + 4)) == PUBLIC ? PUBLIC : SPECIAL;
    }

    /**
     * Returns whether a metadata service's IPv4 address is in the IPv6 address: as in {@code fd00:c1::a9fe:a9fe} (Oracle
     * Cloud) and {@code fd00:a9fe:a9fe::1} (Akamai), or behind a network's own NAT64 prefix, which leaves the ninth octet out
     * (RFC 6052).
     */
    private static boolean embedsMetadata(byte[] address) {
        byte[] shortened = new byte[15];
        System.arraycopy(address, 0, shortened, 0, 8);
        System.arraycopy(address, 9, shortened, 8, 7);
        return Stream.of(METADATA)
                .anyMatch(block -> embeds(block, address) || (address[8] == 0 && embeds(block, shortened)));
    }

    private static boolean embeds(Block block, byte[] bytes) {
        for (int offset = 0; offset + 4 <= bytes.length; offset++) {
            if (block.beginsAt(bytes, offset)) {
                return true;
            }
        }
        return false;
    }

    private static AddressKind narrowest(byte[] address) {
        AddressKind kind = SPECIAL;
        int bits = -1;
        for (Block block : BLOCKS) {
            if (block.bits() > bits && block.contains(address)) {
                kind = block.kind();
                bits = block.bits();
            }
        }
        return kind;
    }
}
