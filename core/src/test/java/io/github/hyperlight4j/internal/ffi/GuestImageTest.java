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

    private static final String DIGEST_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    private Path folder;

    @Test
    void imageThatFitsItsDigestPasses() throws IOException {
        write("python.guest", "abc");
        write("python.guest.sha256", DIGEST_OF_ABC + "\n");
        GuestImage image = GuestImage.find(new RuntimeDirectory(folder));
        image.requireIntact();
        assertEquals(folder.resolve("python.guest"), image.path());
    }

    @Test
    void damagedImageIsRefused() throws IOException {
        write("python.guest", "abd");
        write("python.guest.sha256", DIGEST_OF_ABC + "\n");
        assertRefused("The guest image " + folder.resolve("python.guest") + " is damaged: its SHA-256 is ");
    }

    @Test
    void missingImageOrDigestIsRefused() throws IOException {
        assertRefused("The guest image is missing: " + folder.resolve("python.guest"));
        write("python.guest", "abc");
        assertRefused("The guest image's digest is missing: " + folder.resolve("python.guest.sha256"));
        write("python.guest.sha256", "ba78");
        assertRefused("The guest image's digest is damaged: ");
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private void assertRefused(String message) {
        HyperlightException e = assertThrows(
                HyperlightException.class,
                () -> GuestImage.find(new RuntimeDirectory(folder)).requireIntact());
        assertEquals(HyperlightException.Code.GUEST_IMAGE, e.code());
        assertEquals(message, e.getMessage().substring(0, message.length()));
    }
}
