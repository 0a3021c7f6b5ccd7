package io.github.hyperlight4j.internal.files;

/**
 * What a run may write, and hold open. Sizes are those that a program sees: a hole in a file counts.
 *
 * @param outputFiles how many files in {@code /output}
 * @param outputFileSize the size of each, in bytes
 * @param outputSize the size of all of them, in bytes
 * @param temporarySize the size of all files in {@code /tmp}, in bytes
 * @param entries how many files and directories in {@code /output}, and as many in {@code /tmp}
 * @param openFiles how many files may be open at a time
 */
public record FileQuota(
        int outputFiles, long outputFileSize, long outputSize, long temporarySize, int entries, int openFiles) {

    /** What holds if nothing else was said. */
    public static final FileQuota DEFAULTS = new FileQuota(20, 5 << 20, 20 << 20, 64 << 20, 10_000, 256);

    /** @throws IllegalArgumentException if one is negative */
    public FileQuota {
        if (outputFiles < 0
                || outputFileSize < 0
                || outputSize < 0
                || temporarySize < 0
                || entries < 0
                || openFiles < 0) {
            throw new IllegalArgumentException("A quota cannot be negative");
        }
    }
}
