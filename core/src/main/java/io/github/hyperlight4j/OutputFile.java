package io.github.hyperlight4j;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.CopyOption;
import java.nio.file.Path;

/**
 * A file of a program's {@code /output}. Immutable and thread-safe.
 *
 * {@snippet :
 * for (OutputFile file : result.outputFiles()) {
 *     System.out.println(file.path() + ": " + file.mediaType() + ", " + file.size() + " bytes");
 *     file.copyInto(Path.of("reports"), StandardCopyOption.REPLACE_EXISTING);
 * }
 * }
 *
 * Large contents are in a temporary file of the host, which all files of a run share. It is released when each of them is
 * closed ({@link RunResult#close()} closes all), or when none is reachable any more. The temporary files of a process
 * are limited; see {@link Limits}. An application that runs many programs and keeps their results should close them.
 */
public interface OutputFile extends AutoCloseable {

    /**
     * Returns the path below {@code /output}, with {@code /} between its names: {@code report/summary.csv}. A program
     * chose the names: they are never empty, {@code .} or {@code ..}, and may be anything else.
     */
    String path();

    /** Returns the media type, by file name extension: {@code text/csv}; {@code application/octet-stream} if unknown. */
    String mediaType();

    /** Returns the size in bytes. */
    long size();

    /**
     * Returns whether the host took everything that the program wrote. Otherwise a limit cut the file, or the host's disk was
     * full, and the program got an {@code OSError}.
     */
    boolean isComplete();

    /**
     * {@return all bytes, in a new array}
     *
     * @throws IllegalStateException if the file is closed
     * @throws HyperlightException if the host cannot read its temporary file
     */
    byte[] bytes();

    /**
     * {@return a new stream over all bytes}
     *
     * @throws IllegalStateException if the file is closed
     */
    InputStream open();

    /**
     * Copies the file into a directory, at its {@linkplain #path() path}. Makes the directories on the way. Everything that
     * can be refused is refused before a file or directory is made, and nothing is ever made outside the directory, which
     * other users must not be able to change meanwhile.
     *
     * @param directory the directory, which is made if it does not exist
     * @param options {@link java.nio.file.StandardCopyOption#REPLACE_EXISTING}, to replace an existing file or link. The old
     *     file is kept if the new one cannot be written whole
     * @return the path of the copy
     * @throws java.nio.file.FileAlreadyExistsException if there is such a file and it is not to be replaced, or it is a
     *     directory
     * @throws IOException if the copy cannot be written; among others, if a directory on the way is a link
     * @throws IllegalArgumentException if the host cannot have a file of that name, or only outside the directory
     * @throws UnsupportedOperationException for another option
     * @throws IllegalStateException if the file is closed
     */
    Path copyInto(Path directory, CopyOption... options) throws IOException;

    /** Releases the file's bytes. They cannot be read afterwards. Idempotent. */
    @Override
    void close();
}
