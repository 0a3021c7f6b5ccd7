package io.github.hyperlight4j.internal.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;

/** Paths of the host that the application mounts. */
public final class HostPath {

    private HostPath() {}

    /**
     * {@return the real path of an existing file or directory}
     *
     * @param path as the application gave it
     * @param option the setting, for messages
     * @throws IllegalArgumentException if there is no such file or directory, or it is something else
     */
    public static Path resolve(Path path, String option) {
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            throw new IllegalArgumentException(
                    option + " must be a path of the default file system: " + path + " is of " + path.getFileSystem());
        }
        Path absolute = path.toAbsolutePath();
        Path real;
        try {
            real = absolute.toRealPath();
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(option + " does not exist: " + absolute, e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(option + " cannot be reached, permission denied: " + absolute, e);
        } catch (IOException e) {
            throw new IllegalArgumentException(option + " cannot be reached: " + absolute + ": " + e, e);
        }
        if (!Files.isDirectory(real) && !Files.isRegularFile(real)) {
            throw new IllegalArgumentException(option + " is neither a file nor a directory: " + absolute);
        }
        return real;
    }

    /**
     * {@return the path's bytes as the kernel takes them, without a slash at the end} Taken from its URI, which has every
     * byte as it is and a slash at the end of a directory. Its text depends on the JVM's character set, and a name need not
     * be text at all.
     *
     * @param absolute an absolute path on Linux
     */
    static byte[] bytes(Path absolute) {
        String uri = absolute.toUri().getRawPath();
        if (uri.length() > 1 && uri.endsWith("/")) {
            uri = uri.substring(0, uri.length() - 1);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(uri.length());
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c == '%') {
                bytes.write(HexFormat.fromHexDigits(uri, i + 1, i + 3));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }
}
