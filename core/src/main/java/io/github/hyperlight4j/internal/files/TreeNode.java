package io.github.hyperlight4j.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.internal.guest.GuestFiles;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A file or directory of a writable tree. */
abstract sealed class TreeNode {

    long modified = SandboxFiles.now();

    abstract GuestFiles.Status status();

    /**
     * An entry of a directory.
     *
     * @param position where it is in the directory's list; later entries have higher positions
     * @param name its name
     * @param node what it names
     */
    record Child(long position, String name, TreeNode node) {}

    /** A directory. */
    static final class Directory extends TreeNode {

        final Map<String, Child> byName = new HashMap<>();

        /** In the order of a list: entries keep their positions, so that a list may be read while the directory changes. */
        final NavigableMap<Long, Child> byPosition = new TreeMap<>();

        @Override
        GuestFiles.Status status() {
            return new GuestFiles.Status(GuestFiles.DIRECTORY, 0, modified);
        }

        void add(Child child) {
            byName.put(child.name, child);
            byPosition.put(child.position, child);
            modified = SandboxFiles.now();
        }

        void remove(Child child) {
            byName.remove(child.name);
            byPosition.remove(child.position);
            modified = SandboxFiles.now();
        }

        private record Nested(Directory directory, int length) {}

        /** Returns the bytes of the longest path below the directory, with a slash before each name. */
        int longestPath() {
            int longest = 0;
            Deque<Nested> waiting = new ArrayDeque<>();
            waiting.add(new Nested(this, 0));
            for (Nested next = waiting.poll(); next != null; next = waiting.poll()) {
                for (Child child : next.directory.byPosition.values()) {
                    int length = next.length + 1 + child.name.getBytes(UTF_8).length;
                    longest = Math.max(longest, length);
                    if (child.node instanceof Directory below) {
                        waiting.add(new Nested(below, length));
                    }
                }
            }
            return longest;
        }
    }

    /** A file. */
    static final class FileNode extends TreeNode {

        final FileContent content;
        boolean named = true;
        int handles;

        /** False once a write had no room. */
        boolean complete = true;

        FileNode(ContentStore store) {
            content = new FileContent(store);
        }

        @Override
        GuestFiles.Status status() {
            return new GuestFiles.Status(GuestFiles.FILE, content.size(), modified);
        }
    }
}
