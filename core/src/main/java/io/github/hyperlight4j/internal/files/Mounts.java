package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.FileMount;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is mounted below {@code /input}: a workspace there, and files and directories over it. Immutable. */
public final class Mounts {

    /** Nothing is mounted. */
    public static final Mounts NONE = new Mounts(new Node());

    /** A directory below {@code /input} that something is mounted at, or further down; or a mounted file. */
    static final class Node {
        private final Map<String, Node> children = new TreeMap<>();
        private @Nullable Path host;
        private boolean file;

        /** By their names. */
        Map<String, Node> children() {
            return children;
        }

        /** What is mounted here, if anything is. */
        @Nullable
        Path host() {
            return host;
        }

        /** Whether that is a file. */
        boolean isFile() {
            return file;
        }
    }

    private final Node root;

    private Mounts(Node root) {
        this.root = root;
    }

    /**
     * Checks what is to be mounted.
     *
     * @param workspaceRoot a directory for {@code /input} itself, or {@code null}
     * @param mounts what is mounted below it; it hides what the workspace has there
     * @return the mounts
     * @throws IllegalArgumentException if the workspace is not an existing directory, two mounts have the same path, or
     *     one is below a mounted file
     * @throws io.github.hyperlight4j.HyperlightException if anything is to be mounted and this host cannot confine
     *     access to it
     */
    public static Mounts of(@Nullable Path workspaceRoot, Collection<FileMount> mounts) {
        if (workspaceRoot == null && mounts.isEmpty()) {
            return NONE;
        }
        LinuxFiles.requireSupported();
        Node root = new Node();
        if (workspaceRoot != null) {
            Path real = new FileMount(workspaceRoot, "workspace").hostPath();
            if (!Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)) {
                throw new IllegalArgumentException("The workspace is not a directory: " + workspaceRoot);
            }
            root.host = real;
        }
        List.copyOf(mounts).forEach(mount -> add(root, mount));
        requireFilesToBeLeaves(root, "/input");
        return new Mounts(root);
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
    }

    private static void requireFilesToBeLeaves(Node node, String path) {
        if (node.file && !node.children.isEmpty()) {
            throw new IllegalArgumentException("Nothing can be mounted below " + path + ": a file is mounted there");
        }
        node.children.forEach((name, child) -> requireFilesToBeLeaves(child, path + "/" + name));
    }

    /** The directory {@code /input}. */
    Node root() {
        return root;
    }
}
