package io.github.hyperlight4j.internal.json;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

/** A buffer with a limit, beyond which bytes are counted only. */
final class BoundedOutput extends OutputStream {

    /** End of the counting: a small graph of shared values can be endless as JSON. */
    private static final long END = 1L << 30;

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final long limit;
    private long size;

    BoundedOutput(long limit) {
        this.limit = limit;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        size += length;
        if (size <= limit) {
            kept.write(bytes, offset, length);
        } else if (size > END || Thread.currentThread().isInterrupted()) {
            throw new StoppedException();
        }
    }

    long size() {
        return size;
    }

    byte[] toByteArray() {
        return kept.toByteArray();
    }

    static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoppedException() {
            super("More than any limit", null, false, false);
        }
    }
}
