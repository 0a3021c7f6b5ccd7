package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.files.HostPath;
import io.github.hyperlight4j.internal.files.MountPath;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A file or directory of the host that programs can read below {@code /input}, on demand: nothing is copied. Immutable.
 *
 * {@snippet :
 * FileMount prices = FileMount.of(Path.of("/srv/shop/prices-2026.csv"), "prices.csv"); // /input/prices.csv
 * FileMount data = FileMount.of("data/orders"); // /input/data/orders
 * }
 *
 * Symbolic links on the way to the mounted file or directory are resolved once, when the mount is made. Links inside a
 * mounted directory are followed where they stay in it; a link that leads out, or is absolute, is {@code EACCES}. Hard
 * links cannot be told from files: all names in a mounted directory are mounted. A nested mount shadows the path only;
 * links elsewhere in the tree still reach the shadowed file.
 *
 * <p>Devices, FIFOs and sockets cannot be opened and are not listed; neither are names that are not UTF-8. File systems
 * that are mounted inside the directory are {@code EACCES}, unless the mount is made with {@link #acrossFileSystems()}.
 * The kernel's pseudo file systems ({@code proc}, {@code sysfs}, {@code cgroup} and their kind) never can be mounted or
 * reached.
 *
 * <p>Two mounts are equal if their host paths, mount paths and settings are.
 */
public final class FileMount {

    private final Path hostPath;
    private final String mountPath;
    private final boolean crossesFileSystems;

    private FileMount(Path hostPath, String mountPath, boolean crossesFileSystems) {
        this.hostPath = hostPath;
        this.mountPath = mountPath;
        this.crossesFileSystems = crossesFileSystems;
    }

    /**
     * Returns a mount at its own path on the host: {@code data/orders} is {@code /input/data/orders}, and
     * {@code /srv/shop} is {@code /input/srv/shop}. Programs, and so models, see this path: give the mount another one if the
     * host path itself is confidential, as {@code /home/ann/customers} is.
     *
     * @param path an existing file or directory
     * @return the mount
     * @throws IllegalArgumentException as for {@link #of(Path, String)}; among others, for a path with {@code ..} in it
     */
    public static FileMount of(String path) {
        return of(Path.of(path), path);
    }

    /**
     * Returns a mount.
     *
     * @param hostPath an existing file or directory; links are resolved
     * @param mountPath the path below {@code /input}: {@code data/orders}. It is normalised: {@code \} becomes {@code /};
     *     empty parts, {@code .}, and {@code input} at the beginning are dropped
     * @return the mount
     * @throws IllegalArgumentException if there is no such file or directory, it is something else, or the mount path is
     *     empty, has {@code ..} in it, or cannot be a path
     */
    public static FileMount of(Path hostPath, String mountPath) {
        String normalized = MountPath.normalize(Objects.requireNonNull(mountPath, "mountPath"));
        Path resolved = HostPath.resolve(
                Objects.requireNonNull(hostPath, "hostPath"), "The host path of the file mount " + normalized);
        return new FileMount(resolved, normalized, false);
    }

    /**
     * Returns a copy that includes the file systems that are mounted inside the directory, now or later: volumes of a
     * container, for instance. Without this, a program gets {@code EACCES} there. To include only one of them, mount it as
     * well, at its own path.
     */
    public FileMount acrossFileSystems() {
        return new FileMount(hostPath, mountPath, true);
    }

    /** Returns the real path on the host. */
    public Path hostPath() {
        return hostPath;
    }

    /** Returns the path below {@code /input}, in its normal form. */
    public String mountPath() {
        return mountPath;
    }

    /** Returns whether file systems that are mounted inside the directory are included. */
    public boolean crossesFileSystems() {
        return crossesFileSystems;
    }

    /**
     * Returns whether the given mount path is this mount's.
     *
     * @param path a mount path, in any form that {@link #of(Path, String)} takes
     * @return whether it is the same path
     * @throws IllegalArgumentException if it cannot be a mount path
     */
    public boolean isMountedAt(String path) {
        return mountPath.equals(MountPath.normalize(path));
    }

    /** Returns the path that programs use: {@code /input/} and the mount path. */
    public String guestPath() {
        return "/input/" + mountPath;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FileMount that
                && hostPath.equals(that.hostPath)
                && mountPath.equals(that.mountPath)
                && crossesFileSystems == that.crossesFileSystems;
    }

    @Override
    public int hashCode() {
        return Objects.hash(hostPath, mountPath, crossesFileSystems);
    }

    @Override
    public String toString() {
        return "FileMount[" + hostPath + " at " + guestPath() + (crossesFileSystems ? ", across file systems]" : "]");
    }
}
