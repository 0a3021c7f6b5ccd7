package io.github.hyperlight4j.internal.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.hyperlight4j.internal.snapshot.Checksums.DamagedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksumsTest {

    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    private Path folder;

    @Test
    void listIsAsSha256sumWritesIt() throws Exception {
        Files.createDirectory(folder.resolve("b"));
        Files.writeString(folder.resolve("b").resolve("c d"), "abc");
        Files.writeString(folder.resolve("a"), "abc");
        Checksums written = Checksums.write(folder);
        String expected = ABC + "  a\n" + ABC + "  b/c d\n";
        assertEquals(expected, Files.readString(folder.resolve("SHA256SUMS")));
        assertEquals(written, Checksums.read(folder));
        Checksums.read(folder).check(Set.of("a", "b/c d"));
        assertThrows(DamagedException.class, () -> written.check(Set.of("c")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                ABC,
                ABC + "  a",
                ABC + "  \n",
                ABC + "  /a\n",
                ABC + "  ../a\n",
                ABC + "  b/../a\n",
                ABC + "  .\n",
                ABC + "  a/\n",
                ABC + " a\n",
                "A" + ABC + "  a\n",
                ABC + "  a\0b\n",
                ABC + "  a\\b\n",
                ABC + "  a\r\n",
                ABC + "  a\n" + ABC + "  a\n",
                ABC + "  a\n\0"
            })
    void listThatWasNotWrittenSoIsDamaged(String list) {
        assertThrows(DamagedException.class, () -> Checksums.parse(list.getBytes(UTF_8)));
        ChecksumsFuzz.check(list.getBytes(UTF_8));
    }

    @Test
    void listThatIsTooLongIsNotRead() throws Exception {
        byte[] line = (ABC + "  a\n").getBytes(UTF_8);
        byte[] list = new byte[2 << 20];
        Arrays.fill(list, (byte) '\n');
        System.arraycopy(line, 0, list, 0, line.length);
        Files.write(folder.resolve("SHA256SUMS"), list);
        assertThrows(DamagedException.class, () -> Checksums.read(folder));
    }

    @Test
    void anyDamageToAListIsRefusedOrHarmless() {
        byte[] list = (ABC + "  image/blobs/memory\n" + ABC + " *index.json\n").getBytes(UTF_8);
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = Arrays.copyOf(list, random.nextInt(list.length + 3));
            for (int flips = random.nextInt(4); flips > 0 && damaged.length > 0; flips--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            ChecksumsFuzz.check(damaged);
        }
    }
}
