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

        /** Returns its bytes without its end; the first ones, if there are more than the limit. */
        byte[] bytes() {
            return bytes;
        }

        /** Returns whether that is all. */
        boolean isWhole() {
            return isWhole;
        }
    }

    /** Returns the next line, or {@code null} after the last. */
    @Nullable
    Line next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean isWhole = true;
        int next = in.read();
        if (next < 0) {
            return null;
        }
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (line.size() < limit) {
                line.write(next);
            } else {
                isWhole = false;
            }
        }
        return new Line(line.toByteArray(), isWhole);
    }
}
