package io.github.hyperlight4j.internal.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.hyperlight4j.HyperlightException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestImageTest {

    private static final String CHECKSUM_OF_ABC = "352441c2";

    @TempDir
    private Path folder;

    @Test
    void imageThatFitsItsChecksumPasses() throws IOException {
        write("python.guest", "abc");
        write("python.guest.crc32", CHECKSUM_OF_ABC + "\n");
        assertEquals(folder.resolve("python.guest"), GuestImage.intact(new RuntimeDirectory(folder)));
    }

    @Test
    void damagedImageIsRefused() throws IOException {
        write("python.guest", "abd");
        write("python.guest.crc32", CHECKSUM_OF_ABC + "\n");
        assertRefused("The guest image " + folder.resolve("python.guest") + " is damaged: its CRC-32 is ");
    }

    @Test
    void missingImageOrChecksumIsRefused() throws IOException {
        assertRefused("The guest image is missing: " + folder.resolve("python.guest"));
        write("python.guest", "abc");
        assertRefused("The guest image's checksum is missing: " + folder.resolve("python.guest.crc32"));
        write("python.guest.crc32", "ba78");
        assertRefused("The guest image's checksum is damaged: ");
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private void assertRefused(String message) {
        HyperlightException e =
                assertThrows(HyperlightException.class, () -> GuestImage.intact(new RuntimeDirectory(folder)));
        assertEquals(HyperlightException.Code.GUEST_IMAGE, e.code());
        assertEquals(message, e.getMessage().substring(0, message.length()));
    }
}
