package io.github.hyperlight4j.internal.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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

    /** Small enough to stay in the processor's cache, where the sum is taken from. */
    private static final int PIECE = 256 << 10;

    /** Reads a file. Not by mapping it: of a disk that fails, that would make a signal, and this makes an exception. */
    static FileChecksum of(Path file) throws IOException {
        CRC32 checksum = new CRC32();
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        long size = 0;
        try (FileChannel channel = FileChannel.open(file)) {
            while (channel.read(piece) >= 0) {
                size += piece.flip().remaining();
                checksum.update(piece);
                piece.clear();
            }
        }
        return new FileChecksum(HexFormat.of().toHexDigits((int) checksum.getValue()), size);
    }
}
