package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * The guest: an interpreter, compiled for the micro-VM. It is only used when it is what was built. A checksum tells, for
 * it guards against damage, not against whoever can write the folder: they could replace the library as well.
 */
public final class GuestImage {

    private GuestImage() {}

    /**
     * Finds the guest image and compares it with its checksum.
     *
     * @param runtime where it is
     * @return the image's file
     * @throws HyperlightException if it is missing or damaged, or its checksum is
     */
    public static Path intact(RuntimeDirectory runtime) {
        String expected = expectedChecksum(runtime);
        Path image = runtime.guestImage();
        String found = checksum(image);
        if (!found.equals(expected)) {
            throw new HyperlightException(
                    Code.GUEST_IMAGE,
                    "The guest image " + image + " is damaged: its CRC-32 is " + found + ", and should be " + expected);
        }
        return image;
    }

    /**
     * Returns the checksum that the guest image should have. Quick: does not read the image.
     *
     * @param runtime where it is
     * @return 8 hexadecimal digits
     * @throws HyperlightException if the image is missing, or its checksum is missing or damaged
     */
    public static String expectedChecksum(RuntimeDirectory runtime) {
        Path image = runtime.guestImage();
        if (!Files.isRegularFile(image)) {
            throw new HyperlightException(Code.GUEST_IMAGE, "The guest image is missing: " + image);
        }
        Path file = runtime.guestImageChecksum();
        String text;
        try {
            text = Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new HyperlightException(Code.GUEST_IMAGE, "The guest image's checksum is missing: " + file, e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        if (!text.matches("[0-9a-f]{8}")) {
            throw new HyperlightException(
                    Code.GUEST_IMAGE, "The guest image's checksum is damaged: " + file + " does not hold 8 hex digits");
        }
        return text;
    }

    private static String checksum(Path image) {
        try (FileChannel channel = FileChannel.open(image)) {
            CRC32 checksum = new CRC32();
            checksum.update(channel.map(MapMode.READ_ONLY, 0, channel.size()));
            return HexFormat.of().toHexDigits((int) checksum.getValue());
        } catch (IOException e) {
            throw unreadable(image, e);
        }
    }

    private static HyperlightException unreadable(Path file, IOException e) {
        return new HyperlightException(Code.GUEST_IMAGE, "The guest image cannot be read: " + file + ": " + e, e);
    }
}
