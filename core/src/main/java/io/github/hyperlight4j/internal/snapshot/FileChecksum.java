package io.github.hyperlight4j.internal.snapshot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32;

/**
 * What tells whether a file is as it was written.
 *
 * @param crc32 its CRC-32, in hexadecimal
 * @param size its size in bytes
 */
record FileChecksum(String crc32, long size) {

    /** The most that is mapped at a time. */
    private static final long PIECE = 1L << 30;

    /** Reads a file. By mapping it, which takes a third of the time of copying it to read it. */
    static FileChecksum of(Path file) throws IOException {
        CRC32 checksum = new CRC32();
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            for (long position = 0; position < size; position += PIECE) {
                checksum.update(channel.map(MapMode.READ_ONLY, position, Math.min(PIECE, size - position)));
            }
            return new FileChecksum(HexFormat.of().toHexDigits((int) checksum.getValue()), size);
        }
    }
}
