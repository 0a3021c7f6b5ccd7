package io.github.hyperlight4j.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads lines of bytes, one at a time and none larger than a limit. */
final class LineReader {

    private final InputStream in;
    private final int limit;

    /** {@code limit} is the most bytes of a line that are kept. */
    LineReader(InputStream in, int limit) {
        this.in = new BufferedInputStream(in, 1 << 16);
        this.limit = limit;
    }

    /** A line. */
    static final class Line {

        private final byte[] bytes;
        private final boolean isWhole;

        private Line(byte[] bytes, boolean isWhole) {
            this.bytes = bytes;
            this.isWhole = isWhole;
        }

        /** Returns its bytes without its end; none, if there are more than fit. */
        byte[] bytes() {
            return bytes;
        }

        /** Returns whether it fits into the limit, and into this process's memory. */
        boolean isWhole() {
            return isWhole;
        }

        boolean isBlank() {
            for (byte b : bytes) {
                if (b != ' ' && b != '\t' && b != '\r') {
                    return false;
                }
            }
            return isWhole;
        }
    }

    /** Returns the next line, or {@code null} after the last. */
    @Nullable
    Line next() throws IOException {
        int next = in.read();
        if (next < 0) {
            return null;
        }
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        boolean isWhole = true;
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (isWhole && !keep(kept, next)) {
                isWhole = false;
                kept = new ByteArrayOutputStream(0);
            }
        }
        byte[] bytes = bytes(kept);
        return bytes == null ? new Line(new byte[0], false) : new Line(bytes, isWhole);
    }

    private boolean keep(ByteArrayOutputStream kept, int next) {
        try {
            kept.write(next);
            return kept.size() <= limit;
        } catch (OutOfMemoryError e) {
            return false; // Its own array is what does not fit: the line is told to be too long.
        }
    }

    private static byte @Nullable [] bytes(ByteArrayOutputStream kept) {
        try {
            return kept.toByteArray();
        } catch (OutOfMemoryError e) {
            return null;
        }
    }
}
