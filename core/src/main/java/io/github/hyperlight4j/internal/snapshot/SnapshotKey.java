package io.github.hyperlight4j.internal.snapshot;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.HyperlightException.Code;
import io.github.hyperlight4j.internal.ffi.GuestImage;
import io.github.hyperlight4j.internal.ffi.RuntimeDirectory;
import java.io.IOException;
import java.nio.file.Files;

/**
 * What a snapshot was made from and where: it fits what has the same key. The native library is part of it, and with it
 * Hyperlight's version, the hypervisor and what runs under the interpreter.
 *
 * @param text all of it, in a line for a person
 */
public record SnapshotKey(String text) {

    /** Changes when snapshots are to be made differently from the same things. */
    private static final String FORMAT = "format 1";

    /**
     * Makes the key for a runtime folder on this machine.
     *
     * @param runtime the folder
     * @return the key
     * @throws HyperlightException if a file of the runtime is missing or cannot be read
     */
    public static SnapshotKey of(RuntimeDirectory runtime) {
        // The image itself is not read, which would take longer than all the rest. Its size is there to notice one that
        // was replaced.
        String image = GuestImage.expectedChecksum(runtime);
        try {
            FileChecksum library = FileChecksum.of(runtime.library());
            return new SnapshotKey(String.join(
                    " ",
                    FORMAT,
                    "library",
                    library.crc32(),
                    Long.toString(library.size()),
                    "guest",
                    image,
                    Long.toString(Files.size(runtime.guestImage())),
                    "cpu",
                    CpuModel.describe()));
        } catch (IOException e) {
            throw new HyperlightException(
                    Code.IO, "The runtime folder " + runtime.path() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Returns a name for a directory: the same text, of letters, digits and hyphens. */
    String directoryName() {
        return text.strip().replaceAll("[^A-Za-z0-9]+", "-");
    }
}
