package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.FileMount;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The mounts in {@code /input}: a workspace there, and files and directories over it. Immutable. */
public final class Mounts {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.files");

    /** No mounts. */
    public static final Mounts NONE = new Mounts(new Node());

    /** A directory in {@code /input} that is a mount or leads to one; or a mounted file. */
    static final class Node {
        private final Map<String, Node> children = new TreeMap<>();
        private final AtomicBoolean reported = new AtomicBoolean();
        private @Nullable Path host;
        private boolean file;
        private boolean crossesFileSystems;

        /** Returns what is below, by name. */
        Map<String, Node> children() {
            return children;
        }

        /** Returns the mounted file or directory; {@code null} if this is not a mount. */
        @Nullable
        Path host() {
            return host;
        }

        /** Returns whether a file is mounted here. */
        boolean isFile() {
            return file;
        }

        /** Returns whether programs reach file systems that are mounted inside the directory. */
        boolean crossesFileSystems() {
            return crossesFileSystems;
        }

        /** Logs, once, that the mount cannot be opened: the application has no other notice of it. */
        void reportMissing(Code problem) {
            if (reported.compareAndSet(false, true)) {
                LOG.log(
                        Level.WARNING,
                        "The mounted {0} is gone, or a link has taken its place ({1}): programs get an OSError",
                        host,
                        problem);
            }
        }
    }

    private final Node root;

    private Mounts(Node root) {
        this.root = root;
    }

    /**
     * Checks mounts.
     *
     * @param workspaceRoot a directory for {@code /input} itself, or {@code null}
     * @param mounts mounts in it; each shadows the workspace's file or directory of the same path
     * @return the mounts
     * @throws IllegalArgumentException if the workspace is not an existing directory, a mount is in a pseudo file system,
     *     two mounts have the same path, or one is below a mounted file
     * @throws io.github.hyperlight4j.HyperlightException if there are mounts and this host cannot confine access to them
     */
    public static Mounts of(@Nullable Path workspaceRoot, Collection<FileMount> mounts) {
        if (workspaceRoot == null && mounts.isEmpty()) {
            return NONE;
        }
        LinuxFiles linux = LinuxFiles.requireSupported();
        Node root = new Node();
        if (workspaceRoot != null) {
            root.host = HostPath.resolve(workspaceRoot, "workspace");
            if (!Files.isDirectory(root.host, LinkOption.NOFOLLOW_LINKS)) {
                throw new IllegalArgumentException("workspace must be a directory: " + root.host + " is a file");
            }
            requireServed(linux, root.host, "workspace");
        }
        for (FileMount mount : List.copyOf(mounts)) {
            add(root, mount);
            requireServed(linux, mount.hostPath(), "The file mount " + mount.mountPath());
        }
        requireFilesToBeLeaves(root, "/input");
        return new Mounts(root);
    }

    /** Refuses a path in a pseudo file system. A path that is gone is not refused: it may come back before a run begins. */
    private static void requireServed(LinuxFiles linux, Path host, String option) {
        try {
            if (linux.isInPseudoFileSystem(HostPath.bytes(host))) {
                throw new IllegalArgumentException(option
                        + " must not be in a pseudo file system of the kernel, such as" + " /proc or /sys: " + host);
            }
        } catch (GuestFileException e) {
            LOG.log(Level.DEBUG, "{0} cannot be opened yet: {1} ({2})", option, host, e.code());
        }
    }

    private static void add(Node root, FileMount mount) {
        Node node = root;
        for (String name : mount.mountPath().split("/", -1)) {
            node = node.children.computeIfAbsent(name, _ -> new Node());
        }
        if (node.host != null) {
            throw new IllegalArgumentException("Two mounts have the path " + mount.guestPath());
        }
        node.host = mount.hostPath();
        node.file = !Files.isDirectory(mount.hostPath(), LinkOption.NOFOLLOW_LINKS);
        node.crossesFileSystems = mount.crossesFileSystems();
    }

    private static void requireFilesToBeLeaves(Node node, String path) {
        if (node.file && !node.children.isEmpty()) {
            throw new IllegalArgumentException("Nothing can be mounted below " + path + ": a file is mounted there");
        }
        node.children.forEach((name, child) -> requireFilesToBeLeaves(child, path + "/" + name));
    }

    /** Returns the directory {@code /input}. */
    Node root() {
        return root;
    }
}
