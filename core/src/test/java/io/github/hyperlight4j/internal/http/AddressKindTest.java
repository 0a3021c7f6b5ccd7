package io.github.hyperlight4j.internal.http;

import static io.github.hyperlight4j.internal.http.AddressKind.LOOPBACK;
import static io.github.hyperlight4j.internal.http.AddressKind.PRIVATE;
import static io.github.hyperlight4j.internal.http.AddressKind.PUBLIC;
import static io.github.hyperlight4j.internal.http.AddressKind.SPECIAL;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which addresses a name may stand for. */
class AddressKindTest {

    @ParameterizedTest
    @CsvSource({
        "8.8.8.8, PUBLIC",
        "9.255.255.255, PUBLIC",
        "11.0.0.0, PUBLIC",
        "100.63.255.255, PUBLIC",
        "100.128.0.0, PUBLIC",
        "172.15.255.255, PUBLIC",
        "172.32.0.0, PUBLIC",
        "223.255.255.255, PUBLIC",
        "2606:4700::1111, PUBLIC",
        "0.0.0.0, SPECIAL",
        "0.1.2.3, SPECIAL",
        "10.0.0.1, PRIVATE",
        "100.64.0.1, PRIVATE",
        "100.127.255.255, PRIVATE",
        "100.100.100.200, SPECIAL",
        "127.0.0.1, LOOPBACK",
        "127.255.255.255, LOOPBACK",
        "168.63.129.16, SPECIAL",
        "169.254.169.254, SPECIAL",
        "172.16.0.1, PRIVATE",
        "172.31.255.255, PRIVATE",
        "192.0.0.192, SPECIAL",
        "192.0.2.1, SPECIAL",
        "192.168.1.1, PRIVATE",
        "198.18.0.1, SPECIAL",
        "198.19.255.255, SPECIAL",
        "198.51.100.7, SPECIAL",
        "203.0.113.9, SPECIAL",
        "224.0.0.1, SPECIAL",
        "240.0.0.1, SPECIAL",
        "255.255.255.255, SPECIAL",
        "::, SPECIAL",
        "::1, LOOPBACK",
        "::2, SPECIAL",
        "::7f00:1, SPECIAL",
        "64:ff9b::8.8.8.8, PUBLIC",
        "64:ff9b::10.0.0.1, SPECIAL",
        "64:ff9b::169.254.169.254, SPECIAL",
        "64:ff9b:1::1, SPECIAL",
        "100::1, SPECIAL",
        "2001::1, SPECIAL",
        "2001:db8::1, SPECIAL",
        "2002:7f00:1::, SPECIAL",
        "2002:a9fe:a9fe::, SPECIAL",
        "2002:808:808::, PUBLIC",
        "3fff::1, SPECIAL",
        "fc00::1, PRIVATE",
        "fd12::1, PRIVATE",
        "fd00:ec2::254, SPECIAL",
        "fd00:ec2::23, SPECIAL",
        "fd00:ec2::253, SPECIAL",
        "fd00:ec3::254, PRIVATE",
        "fd20:ce::254, SPECIAL",
        "fd00:42::42, SPECIAL",
        "fd00:42::43, PRIVATE",
        "fd00:c1::a9fe:a9fe, SPECIAL",
        "fd00:c1::a9fe:aa02, SPECIAL",
        "fd00:c1::a9fe:1, PRIVATE",
        "fd00:a9fe:a9fe::1, SPECIAL",
        "fd12:3456::64:6464:c800:0, SPECIAL",
        "fd12:3456::6464:64c8, SPECIAL",
        "fd12:3456::a83f:8110, SPECIAL",
        "fd12:3456::c000:c0, SPECIAL",
        "2606:4700:a9fe:a9fe::, SPECIAL",
        "2606:47a9:fea9:fe::, SPECIAL",
        "2606:4700:12a9:fea9:fe::, SPECIAL",
        "2606:4700:1234:a9fe:a9:fe00::, SPECIAL",
        "2606:4700:1234:12a9:fe:a9fe::, SPECIAL",
        "2606:4700:1234:1234:a9:fea9:fe00:0, SPECIAL",
        "2606:4700:1234:1234:1:a9fe:1:a9fe, PUBLIC",
        "fe80::1, SPECIAL",
        "fec0::1, SPECIAL",
        "ff02::1, SPECIAL",
        "::ffff:0:7f00:1, SPECIAL",
    })
    void everyBlockHasItsKind(String address, AddressKind kind) {
        assertEquals(kind, AddressKind.of(InetAddress.ofLiteral(address)));
    }

    @Test
    void mappedAddressIsWhatItMaps() {
        assertEquals(SPECIAL, AddressKind.of(HexFormat.of().parseHex("00000000000000000000ffff7f000001")));
        assertEquals(SPECIAL, AddressKind.of(HexFormat.of().parseHex("00000000000000000000ffff0a000001")));
        assertEquals(PUBLIC, AddressKind.of(HexFormat.of().parseHex("00000000000000000000ffff08080808")));
    }

    @Test
    void onlyPublicAddressesOfANameAreTried() throws Exception {
        CheckedResolver resolver = resolver("a.example", false, "10.0.0.1", "8.8.8.8", "::1", "169.254.169.254");
        assertArrayEquals(addresses("8.8.8.8"), resolver.resolve("a.example"));
    }

    @Test
    void nameWithoutPublicAddressesIsRefusedAndNoAddressIsTold() throws Exception {
        CheckedResolver resolver = resolver("a.example", false, "10.1.2.3", "127.0.0.1", "fe80::1");
        UnknownHostException e =
                assertThrows(CheckedResolver.AddressRefusedException.class, () -> resolver.resolve("a.example"));
        assertEquals(
                "The name 'a.example' stands for an address that is not public. Allowed are public addresses, and others"
                        + " only where the application says so for this very name",
                e.getMessage());
    }

    @Test
    void privateAddressesAreReachedOnlyWhereAllowedAndMetadataNever() throws Exception {
        CheckedResolver resolver =
                resolver("a.example", true, "10.1.2.3", "169.254.169.254", "127.0.0.1", "fd00:ec2::254", "0.0.0.0");
        assertArrayEquals(addresses("10.1.2.3", "127.0.0.1"), resolver.resolve("a.example"));
    }

    @Test
    void localhostIsThisMachineWhateverItsLookUpSays() throws Exception {
        CheckedResolver resolver = resolver("localhost", false, "10.1.2.3", "8.8.8.8", "127.0.0.1", "::1");
        assertArrayEquals(addresses("127.0.0.1", "::1"), resolver.resolve("localhost"));
    }

    @Test
    void addressThatWasAllowedAsSuchIsNotLookedUp() throws Exception {
        CheckedResolver resolver = new CheckedResolver(Host.parse("169.254.169.254"), false, name -> {
            throw new UnknownHostException(name);
        });
        assertArrayEquals(addresses("169.254.169.254"), resolver.resolve("169.254.169.254"));
    }

    @Test
    void kindsAreTakenFromTheMostNarrowBlock() {
        List<AddressKind> kinds = new ArrayList<>();
        for (String address : List.of("100.100.100.199", "100.100.100.200", "100.100.100.201")) {
            kinds.add(AddressKind.of(InetAddress.ofLiteral(address)));
        }
        assertEquals(List.of(PRIVATE, SPECIAL, PRIVATE), kinds);
        assertEquals(LOOPBACK, AddressKind.of(InetAddress.getLoopbackAddress()));
    }

    private static CheckedResolver resolver(String name, boolean privateAddresses, String... addresses)
            throws Url.SyntaxException {
        return new CheckedResolver(Host.parse(name), privateAddresses, _ -> addresses(addresses));
    }

    private static InetAddress[] addresses(String... addresses) {
        return Stream.of(addresses).map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
    }
}
