package io.github.hyperlight4j;

/**
 * A number of bytes.
 *
 * @param bytes the number, not negative
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {

    /** @throws IllegalArgumentException if {@code bytes} is negative */
    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("A number of bytes cannot be negative: " + bytes);
        }
    }

    /**
     * {@return a size in bytes}
     *
     * @param bytes bytes
     */
    public static ByteSize ofBytes(long bytes) {
        return new ByteSize(bytes);
    }

    /**
     * {@return a size in KiB}
     *
     * @param kibibytes units of 1024 bytes
     */
    public static ByteSize ofKibibytes(long kibibytes) {
        return new ByteSize(Math.multiplyExact(kibibytes, 1L << 10));
    }

    /**
     * {@return a size in MiB}
     *
     * @param mebibytes units of 1024 KiB
     */
    public static ByteSize ofMebibytes(long mebibytes) {
        return new ByteSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** Returns the size in the largest unit that divides it: {@code 10 MiB}, {@code 1500 bytes}. */
    @Override
    public String toString() {
        if (bytes > 0 && bytes % (1L << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        if (bytes > 0 && bytes % (1L << 10) == 0) {
            return (bytes >> 10) + " KiB";
        }
        return bytes + " bytes";
    }
}
