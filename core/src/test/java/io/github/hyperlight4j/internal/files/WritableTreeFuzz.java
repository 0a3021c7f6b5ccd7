package io.github.hyperlight4j.internal.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sequences of file calls on {@code /output}, against a model in memory: what succeeds, what is read and listed, what the quota
 * allows, and what comes back. The model knows no error codes, which {@link WritableTreeTest} compares with the host's.
 */
final class WritableTreeFuzz {

    private static final int MOST_FILES = 5;
    private static final int MOST_ENTRIES = 9;
    private static final int LARGEST_FILE = 300_000;
    private static final int MOST_BYTES = 500_000;
    private static final int MOST_OPEN = 6;
    private static final Limits LIMITS = FileGuest.limits(MOST_FILES, LARGEST_FILE, MOST_BYTES, 0);

    private static final String[] NAMES = {"a", "b", "c", "..", ".", "", "\u00e9", "n".repeat(255), "n".repeat(256)};

    private final byte[] input;
    private final FileGuest guest;
    private final Node root = new Node(true);
    private final List<Open> open = new ArrayList<>();
    private int at;
    private int files;
    private int entries;

    private WritableTreeFuzz(byte[] input, FileGuest guest) {
        this.input = input;
        this.guest = guest;
    }

    private static final class Node {
        final boolean isDirectory;
        final Map<String, Node> children = new HashMap<>();
        byte[] content = {};
        boolean isNamed = true;

        Node(boolean isDirectory) {
            this.isDirectory = isDirectory;
        }
    }

    private record Open(int handle, Node node, boolean reads, boolean writes) {}

    /** A path in the sandbox, as it is given and as the model finds it. */
    private record Target(String text, List<String> names, boolean isValid, boolean isDirectory) {}

    private interface Call {
        void run() throws Exception;
    }

    /** Takes the input as a sequence of calls. Some files spill, because the account has little heap. */
    static void check(byte[] input) throws Exception {
        HostAccount account = new HostAccount(100_000, 1 << 30, 10);
        try (FileGuest guest = FileGuest.on(account, LIMITS, MOST_ENTRIES, MOST_OPEN)) {
            WritableTreeFuzz fuzz = new WritableTreeFuzz(input, guest);
            while (fuzz.at < input.length) {
                fuzz.step();
            }
            fuzz.compareOutput();
        }
        assertEquals(0, account.files());
        assertEquals(0, account.bytes());
        assertEquals(0, account.heap());
    }

    private int next(int bound) {
        return at < input.length ? (input[at++] & 0xFF) % bound : 0;
    }

    private Target target() {
        StringBuilder text = new StringBuilder("/output");
        List<String> names = new ArrayList<>();
        boolean isValid = true;
        String last = "";
        for (int depth = 1 + next(3); depth > 0; depth--) {
            last = NAMES[next(NAMES.length)];
            text.append('/').append(last);
            isValid &= last.length() <= 255;
            if (last.equals("..")) {
                if (names.isEmpty()) { // It would leave /output, which is another tree.
                    return new Target("/output", List.of(), true, false);
                }
                names.removeLast();
            } else if (!last.isEmpty() && !last.equals(".")) {
                names.add(last);
            }
        }
        boolean isDirectory = last.isEmpty() || last.equals(".") || last.equals("..");
        return new Target(text.toString(), names, isValid, isDirectory);
    }

    private @Nullable Node find(List<String> names) {
        Node node = root;
        for (String name : names) {
            node = node == null ? null : node.children.get(name);
        }
        return node;
    }

    private @Nullable Node find(Target target) {
        Node node = target.isValid ? find(target.names) : null;
        return node != null && target.isDirectory && !node.isDirectory ? null : node;
    }

    private @Nullable Node parent(Target target) {
        if (!target.isValid || target.names.isEmpty()) {
            return null;
        }
        Node parent = find(target.names.subList(0, target.names.size() - 1));
        return parent != null && parent.isDirectory ? parent : null;
    }

    private void step() throws Exception {
        switch (next(12)) {
            case 0, 1 -> open(target(), next(64));
            case 2 -> makeDirectory(target());
            case 3 -> remove(target(), next(2) == 0);
            case 4 -> rename(target(), target());
            case 5 -> status(target());
            case 6 -> list(target());
            case 7 -> close();
            case 8 -> resize(next(256) * 1_300);
            case 9 -> read(next(256) * 1_300, next(256) * 300);
            default -> write(next(4) == 0 ? -1 : next(256) * 1_300, next(256) * 300);
        }
    }

    /** Makes the call; returns whether it succeeded, and fails if that is not what the model expects. */
    private boolean same(boolean expected, String name, Call call) throws Exception {
        boolean succeeded;
        try {
            call.run();
            succeeded = true;
        } catch (GuestFileException e) {
            succeeded = false;
        }
        assertEquals(expected, succeeded, () -> name + " at " + at);
        return succeeded;
    }

    private void open(Target target, int flags) throws Exception {
        boolean writes = (flags & GuestFiles.OPEN_WRITE) != 0;
        boolean truncates = (flags & GuestFiles.OPEN_TRUNCATE) != 0;
        boolean creates = (flags & GuestFiles.OPEN_CREATE) != 0;
        boolean isExclusive = (flags & GuestFiles.OPEN_EXCLUSIVE) != 0;
        Node parent = parent(target);
        Node found = find(target);
        boolean isNew = parent != null && !parent.children.containsKey(target.names.getLast());
        boolean hasRoom = files < MOST_FILES && entries < MOST_ENTRIES;
        boolean works = open.size() < MOST_OPEN
                && (!truncates || writes)
                && (isNew
                        ? creates && !target.isDirectory && hasRoom
                        : parent != null && found != null && !found.isDirectory && !isExclusive);
        int[] handle = new int[1];
        if (same(works, "open " + target + " " + flags, () -> handle[0] = guest.open(target.text, flags))) {
            Node node = found;
            if (node == null) {
                node = new Node(false);
                Objects.requireNonNull(parent).children.put(target.names.getLast(), node);
                files++;
                entries++;
            }
            if (truncates) {
                node.content = new byte[0];
            }
            open.add(new Open(handle[0], node, (flags & GuestFiles.OPEN_READ) != 0, writes));
        }
    }

    private void makeDirectory(Target target) throws Exception {
        Node parent = parent(target);
        boolean works =
                parent != null && !parent.children.containsKey(target.names.getLast()) && entries < MOST_ENTRIES;
        if (same(works, "mkdir " + target, () -> guest.files.makeDirectory(target.text)) && parent != null) {
            parent.children.put(target.names.getLast(), new Node(true));
            entries++;
        }
    }

    private void remove(Target target, boolean directory) throws Exception {
        Node node = find(target);
        Node parent = parent(target);
        boolean works = node != null && parent != null && node.isDirectory == directory && node.children.isEmpty();
        if (same(works, "remove " + target, () -> guest.files.remove(target.text, directory)) && parent != null) {
            unlink(parent, target.names.getLast());
        }
    }

    private void unlink(Node parent, String name) {
        Node node = parent.children.remove(name);
        if (node != null) {
            node.isNamed = false;
            files -= node.isDirectory ? 0 : 1;
            entries--;
        }
    }

    private void rename(Target from, Target to) throws Exception {
        Node node = find(from);
        Node parent = parent(from);
        Node newParent = parent(to);
        Node replaced = to.isValid ? find(to.names) : null;
        boolean works = node != null && parent != null && newParent != null && !isAbove(to, from);
        if (works && node != null) {
            works = node.isDirectory ? !isAbove(from, to) : !to.isDirectory;
            if (replaced != null && replaced != node) {
                works &= node.isDirectory == replaced.isDirectory && replaced.children.isEmpty();
            }
        }
        boolean moved = same(works, "rename " + from + " " + to, () -> guest.files.rename(from.text, to.text));
        if (moved && replaced != node && parent != null && newParent != null && node != null) {
            unlink(newParent, to.names.getLast());
            parent.children.remove(from.names.getLast());
            newParent.children.put(to.names.getLast(), node);
        }
    }

    private static boolean isAbove(Target above, Target below) {
        return below.names.size() > above.names.size()
                && below.names.subList(0, above.names.size()).equals(above.names);
    }

    private void status(Target target) throws Exception {
        Node node = find(target);
        same(node != null, "stat " + target, () -> {
            GuestFiles.Status status = guest.files.stat(target.text, true);
            assertEquals(node != null && node.isDirectory, status.kind() == GuestFiles.DIRECTORY);
            assertEquals(node == null ? -1 : node.content.length, status.size());
        });
    }

    private void list(Target target) throws Exception {
        Node node = find(target);
        same(node != null && node.isDirectory, "list " + target, () -> {
            List<String> names = guest.names(target.text);
            assertEquals(
                    node == null
                            ? List.of()
                            : node.children.keySet().stream().sorted().toList(),
                    names);
        });
    }

    private void close() {
        if (!open.isEmpty()) {
            Open closed = open.remove(next(open.size()));
            guest.files.close(closed.handle);
        }
    }

    private @Nullable Open chosen() {
        return open.isEmpty() ? null : open.get(next(open.size()));
    }

    /** Returns whether the quota allows it. A file counts for as long as it has a name or is open. */
    private boolean canGrow(Node node, long newSize) {
        List<Node> counted = new ArrayList<>();
        collect(root, counted);
        for (Open other : open) {
            if (!counted.contains(other.node)) {
                counted.add(other.node);
            }
        }
        long bytes = counted.stream().mapToLong(file -> file.content.length).sum();
        return newSize <= LARGEST_FILE && newSize - node.content.length <= MOST_BYTES - bytes;
    }

    private static void collect(Node directory, List<Node> into) {
        for (Node child : directory.children.values()) {
            if (child.isDirectory) {
                collect(child, into);
            } else {
                into.add(child);
            }
        }
    }

    private void resize(int size) throws Exception {
        Open chosen = chosen();
        if (chosen != null) {
            boolean works = chosen.writes && canGrow(chosen.node, size);
            if (same(works, "resize " + size, () -> guest.files.resize(chosen.handle, size))) {
                chosen.node.content = Arrays.copyOf(chosen.node.content, size);
            }
        }
    }

    private void read(int offset, int count) throws Exception {
        Open chosen = chosen();
        if (chosen != null) {
            byte[] content = chosen.node.content;
            int end = Math.min(content.length, offset + count);
            byte[] expected = offset < end ? Arrays.copyOfRange(content, offset, end) : new byte[0];
            same(
                    chosen.reads,
                    "read " + offset + " " + count,
                    () -> assertArrayEquals(expected, guest.read(chosen.handle, offset, count)));
        }
    }

    private void write(long offset, int count) throws Exception {
        Open chosen = chosen();
        if (chosen == null) {
            return;
        }
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) (at * 7 + 1));
        int begin = offset < 0 ? chosen.node.content.length : (int) offset;
        int size = Math.max(chosen.node.content.length, begin + count);
        boolean works = chosen.writes && (count == 0 || canGrow(chosen.node, size));
        if (same(
                        works,
                        "write " + offset + " " + count,
                        () -> assertEquals(begin + count, guest.write(chosen.handle, offset, bytes)))
                && count > 0) {
            byte[] content = Arrays.copyOf(chosen.node.content, size);
            ByteBuffer.wrap(content).put(begin, bytes);
            chosen.node.content = content;
        }
    }

    private void compareOutput() throws Exception {
        Map<String, byte[]> expected = new TreeMap<>();
        collect("", root, expected);
        List<OutputFile> output = guest.files.takeOutput();
        assertEquals(
                List.copyOf(expected.keySet()),
                output.stream().map(OutputFile::path).toList());
        for (OutputFile file : output) {
            assertArrayEquals(expected.get(file.path()), file.bytes());
            file.close();
        }
    }

    private static void collect(String prefix, Node directory, Map<String, byte[]> into) {
        directory.children.forEach((name, child) -> {
            if (child.isDirectory) {
                collect(prefix + name + "/", child, into);
            } else {
                into.put(prefix + name, child.content);
            }
        });
    }
}
