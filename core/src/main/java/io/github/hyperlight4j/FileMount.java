package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.files.MountPath;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A file or a directory of the host that programs can read, on demand, under {@code /input}. Nothing is copied.
 *
 * {@snippet :
 * FileMount prices = FileMount.of(Path.of("/srv/shop/prices-2026.csv"), "prices.csv"); // /input/prices.csv
 * FileMount data = FileMount.of("data/orders"); // /input/data/orders
 * }
 *
 * Links on the way to the mounted file or directory are followed once, when the mount is made. Links inside a mounted
 * directory are followed where they stay in it; one that leads out, or is absolute, is refused. A hard link cannot be
 * told from the file itself: what has a name in a mounted directory was mounted. A mount over a part of another hides what
 * is beneath from its path, not from links to it that are elsewhere. Devices, FIFOs and sockets in it cannot
 * be opened and are not listed, nor is what has a name that is not UTF-8.
 *
 * @param hostPath an existing file or directory; links in it are resolved
 * @param mountPath where it is, below {@code /input}: {@code data/orders}. It is normalised: {@code \} becomes
 *     {@code /}; empty parts, {@code .}, and {@code input} at the beginning are dropped
 */
public record FileMount(Path hostPath, String mountPath) {

    /**
     * @throws IllegalArgumentException if there is no such file or directory, it is something else than these, or the
     *     mount path is empty, has {@code ..} in it, or cannot be a path
     */
    public FileMount {
        hostPath = resolve(Objects.requireNonNull(hostPath, "hostPath"));
        mountPath = MountPath.normalize(Objects.requireNonNull(mountPath, "mountPath"));
    }

    /**
     * Returns a mount at the path that it has on the host: {@code data/orders} is {@code /input/data/orders}, and
     * {@code /srv/shop} is {@code /input/srv/shop}. So programs see this path, and a model is told it: give a mount path of
     * its own to one that tells what should not be known, such as {@code /home/ann/customers}.
     *
     * @param path an existing file or directory
     * @return the mount
     * @throws IllegalArgumentException as for the constructor; among others, for a path with {@code ..} in it
     */
    public static FileMount of(String path) {
        return new FileMount(Path.of(path), path);
    }

    /**
     * Returns a mount.
     *
     * @param hostPath an existing file or directory
     * @param mountPath where it is, below {@code /input}
     * @return the mount
     * @throws IllegalArgumentException as for the constructor
     */
    public static FileMount of(Path hostPath, String mountPath) {
        return new FileMount(hostPath, mountPath);
    }

    /**
     * Returns whether this is where it is mounted.
     *
     * @param path a mount path, in any form that a mount's path may have
     * @return whether it is the same
     * @throws IllegalArgumentException if it cannot be a mount path
     */
    public boolean isMountedAt(String path) {
        return mountPath.equals(MountPath.normalize(path));
    }

    /** Returns the path that programs use: {@code /input/} and the mount path. */
    public String guestPath() {
        return "/input/" + mountPath;
    }

    private static Path resolve(Path path) {
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            throw new IllegalArgumentException("Only the host's own files can be mounted: " + path);
        }
        Path real;
        try {
            real = path.toRealPath();
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "Cannot be mounted, for it does not exist or cannot be reached: " + path, e);
        }
        if (!Files.isDirectory(real) && !Files.isRegularFile(real)) {
            throw new IllegalArgumentException("Cannot be mounted, for it is neither a file nor a directory: " + path);
        }
        return real;
    }
}
