package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.files.MediaTypes;
import io.github.hyperlight4j.internal.files.OutputContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A file that a program left in {@code /output}. Immutable; a large one is kept in a temporary file of the host.
 *
 * {@snippet :
 * for (OutputFile file : result.outputFiles()) {
 *     System.out.println(file.path() + ": " + file.mediaType() + ", " + file.size() + " bytes");
 *     file.copyInto(Path.of("reports"));
 * }
 * }
 *
 * What it takes on the host is released when nothing refers to it any more. {@link #close} does that at once, and need
 * not be called.
 */
public final class OutputFile implements AutoCloseable {

    private final OutputContent content;

    OutputFile(OutputContent content) {
        this.content = Objects.requireNonNull(content, "content");
    }

    /**
     * Returns the path below {@code /output}, with {@code /} between its names: {@code report/summary.csv}. A program
     * chose the names: they are never empty, {@code .} or {@code ..}, and may be anything else.
     */
    public String path() {
        return content.path();
    }

    /** Returns what the name says that it is: {@code text/csv}; {@code application/octet-stream} if it says nothing. */
    public String mediaType() {
        return MediaTypes.of(content.path());
    }

    /** Returns how many bytes it has. */
    public long size() {
        return content.size();
    }

    /**
     * Returns whether it is all that the program wrote; otherwise a limit of {@link Limits} cut it, and the program got an
     * {@code OSError} for it.
     */
    public boolean isComplete() {
        return content.isComplete();
    }

    /**
     * {@return all bytes, in an array of the caller's own}
     *
     * @throws IllegalStateException if it is closed
     * @throws HyperlightException if the host cannot read its temporary file
     */
    public byte[] bytes() {
        try (InputStream stream = open()) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new HyperlightException(
                    HyperlightException.Code.IO, "The output file " + path() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * {@return a stream over all bytes, independent of others}
     *
     * @throws IllegalStateException if it is closed
     */
    public InputStream open() {
        return content.open();
    }

    /**
     * Copies the file into a directory, at its path. Makes the directories on the way.
     *
     * @param directory where to
     * @return the new file
     * @throws IOException if it cannot be written; among others, if it exists already, or a link in the directory leads
     *     out of it
     * @throws IllegalArgumentException if the host cannot have a file of that name, or only outside the directory
     * @throws IllegalStateException if it is closed
     */
    public Path copyInto(Path directory) throws IOException {
        Path target = directory;
        for (String name : path().split("/", -1)) {
            target = target.resolve(requireName(directory, name));
        }
        try (InputStream stream = open()) {
            Path parent = Files.createDirectories(Objects.requireNonNull(target.getParent()));
            if (!parent.toRealPath().startsWith(directory.toRealPath())) {
                throw new IOException("A link leads out of " + directory + ": " + path());
            }
            Files.copy(stream, target);
        }
        return target;
    }

    /** On Windows, a name may be a path: <code>C:x</code>, {@code a\b}. */
    private Path requireName(Path directory, String name) {
        try {
            Path path = directory.getFileSystem().getPath(name);
            if (!path.isAbsolute() && path.getRoot() == null && path.getNameCount() == 1) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("The host cannot have a file of this name: " + path(), e);
        }
        throw new IllegalArgumentException("The host cannot have a file of this name: " + path());
    }

    /** Releases what it takes on the host. It cannot be read afterwards. */
    @Override
    public void close() {
        content.close();
    }

    @Override
    public String toString() {
        return "OutputFile[" + path() + ", " + mediaType() + ", " + ByteSize.ofBytes(size()) + "]";
    }
}
