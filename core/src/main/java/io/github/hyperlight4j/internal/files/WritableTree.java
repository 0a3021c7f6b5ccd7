package io.github.hyperlight4j.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.internal.files.TreeNode.Child;
import io.github.hyperlight4j.internal.files.TreeNode.Directory;
import io.github.hyperlight4j.internal.files.TreeNode.FileNode;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** The directories and files that a program makes. They have no names on the host. There are no links. */
final class WritableTree implements FileTree, AutoCloseable {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.files");

    private final QuotaAccount quota;
    private final ContentStore store;
    private final Directory root = new Directory();
    private long lastPosition;
    private boolean isFailureReported;

    WritableTree(QuotaAccount quota, HostAccount account) {
        this.quota = quota;
        this.store = new ContentStore(account);
    }

    /** {@return the file or directory at a path} */
    private TreeNode find(GuestPath path) throws GuestFileException {
        TreeNode node = root;
        for (String name : path.names()) {
            Child child = directory(node).byName.get(name);
            if (child == null) {
                throw new GuestFileException(Code.NO_ENTRY);
            }
            node = child.node();
        }
        return path.directory() ? directory(node) : node;
    }

    private static Directory directory(TreeNode node) throws GuestFileException {
        return switch (node) {
            case Directory directory -> directory;
            case FileNode file -> throw new GuestFileException(Code.NOT_DIRECTORY);
        };
    }

    /** {@return the directory of the path's last name} */
    private Directory parent(GuestPath path) throws GuestFileException {
        return directory(find(path.parent()));
    }

    @Override
    public GuestFiles.Status stat(GuestPath path, boolean follow) throws GuestFileException {
        return find(path).status();
    }

    @Override
    public GuestFiles.Entries list(GuestPath path, long start) throws GuestFileException {
        Directory directory = directory(find(path));
        List<GuestFiles.Entry> items = new ArrayList<>();
        if (start < 0) {
            return new GuestFiles.Entries(items, 0);
        }
        int bytes = 0;
        for (Child child : directory.byPosition.tailMap(start, true).values()) {
            bytes += child.name().getBytes(UTF_8).length;
            if (items.size() == LONGEST_PART || bytes > LARGEST_PART) {
                return new GuestFiles.Entries(items, child.position());
            }
            items.add(new GuestFiles.Entry(child.name(), child.node().status()));
        }
        return new GuestFiles.Entries(items, 0);
    }

    @Override
    public OpenFile open(GuestPath path, int flags) throws GuestFileException {
        boolean write = (flags & GuestFiles.OPEN_WRITE) != 0;
        boolean truncate = (flags & GuestFiles.OPEN_TRUNCATE) != 0;
        if (truncate && !write) {
            throw new GuestFileException(Code.INVALID);
        }
        FileNode file = openNode(path, flags);
        if (truncate) {
            resize(file, 0);
        }
        file.handles++;
        return new Handle(file, (flags & GuestFiles.OPEN_READ) != 0, write);
    }

    private FileNode openNode(GuestPath path, int flags) throws GuestFileException {
        if (path.isRoot()) {
            boolean exclusive = (flags & GuestFiles.OPEN_EXCLUSIVE) != 0;
            throw new GuestFileException(exclusive ? Code.EXIST : Code.IS_DIRECTORY);
        }
        Directory parent = parent(path);
        Child child = parent.byName.get(path.name());
        if (child == null) {
            if ((flags & GuestFiles.OPEN_CREATE) == 0) {
                throw new GuestFileException(Code.NO_ENTRY);
            }
            if (path.directory()) {
                throw new GuestFileException(Code.IS_DIRECTORY);
            }
            quota.takeEntry(true);
            FileNode file = new FileNode(store);
            parent.add(new Child(++lastPosition, path.name(), file));
            return file;
        }
        if ((flags & GuestFiles.OPEN_EXCLUSIVE) != 0) {
            throw new GuestFileException(Code.EXIST);
        }
        return switch (child.node()) {
            case Directory directory -> throw new GuestFileException(Code.IS_DIRECTORY);
            case FileNode file when path.directory() -> throw new GuestFileException(Code.NOT_DIRECTORY);
            case FileNode file -> file;
        };
    }

    @Override
    public void makeDirectory(GuestPath path) throws GuestFileException {
        if (path.isRoot()) {
            throw new GuestFileException(Code.EXIST);
        }
        Directory parent = parent(path);
        if (parent.byName.containsKey(path.name())) {
            throw new GuestFileException(Code.EXIST);
        }
        quota.takeEntry(false);
        parent.add(new Child(++lastPosition, path.name(), new Directory()));
    }

    @Override
    public void remove(GuestPath path, boolean directory) throws GuestFileException {
        if (path.isRoot()) {
            throw new GuestFileException(directory ? Code.BUSY : Code.IS_DIRECTORY);
        }
        TreeNode node = find(path);
        switch (node) {
            case Directory found -> {
                if (!directory) {
                    throw new GuestFileException(Code.IS_DIRECTORY);
                }
                if (!found.byName.isEmpty()) {
                    throw new GuestFileException(Code.NOT_EMPTY);
                }
            }
            case FileNode found -> {
                if (directory) {
                    throw new GuestFileException(Code.NOT_DIRECTORY);
                }
            }
        }
        unlink(parent(path), path.name());
    }

    /** Removes a file or an empty directory from its parent, if there is one of that name. */
    private void unlink(Directory parent, String name) {
        Child child = parent.byName.get(name);
        if (child == null) {
            return;
        }
        parent.remove(child);
        switch (child.node()) {
            case Directory directory -> quota.giveEntry(false);
            case FileNode file -> {
                quota.giveEntry(true);
                file.named = false;
                releaseUnused(file);
            }
        }
    }

    private void releaseUnused(FileNode file) {
        if (!file.named && file.handles == 0) {
            quota.resized(file.content.size(), 0);
            file.content.release();
        }
    }

    @Override
    public void rename(GuestPath path, GuestPath to) throws GuestFileException {
        if (path.isRoot() || to.isRoot()) {
            throw new GuestFileException(Code.BUSY);
        }
        Directory parent = parent(path);
        Directory newParent = parent(to);
        TreeNode node = find(path);
        if (to.isAbove(path)) {
            throw new GuestFileException(Code.NOT_EMPTY);
        }
        if (node instanceof Directory directory) {
            if (path.isAbove(to)) {
                throw new GuestFileException(Code.INVALID);
            }
            // What is in the directory moves with it, and must keep a path that a program can use.
            if (length(to) + directory.longestPath() >= GuestPath.LONGEST) {
                throw new GuestFileException(Code.NAME_TOO_LONG);
            }
        } else if (to.directory()) {
            throw new GuestFileException(Code.NOT_DIRECTORY);
        }
        Child target = newParent.byName.get(to.name());
        if (target != null) {
            if (target.node() == node) {
                return;
            }
            requireReplaceable(node, target.node());
            unlink(newParent, to.name());
        }
        Child child = parent.byName.get(path.name());
        if (child != null) {
            parent.remove(child);
        }
        newParent.add(new Child(++lastPosition, to.name(), node));
    }

    private static void requireReplaceable(TreeNode node, TreeNode target) throws GuestFileException {
        switch (target) {
            case Directory directory -> {
                if (node instanceof FileNode) {
                    throw new GuestFileException(Code.IS_DIRECTORY);
                }
                if (!directory.byName.isEmpty()) {
                    throw new GuestFileException(Code.NOT_EMPTY);
                }
            }
            case FileNode file -> {
                if (node instanceof Directory) {
                    throw new GuestFileException(Code.NOT_DIRECTORY);
                }
            }
        }
    }

    /** Returns the bytes of the path in the sandbox, in the tree with the longest name. */
    private static int length(GuestPath path) {
        return ("/output/" + String.join("/", path.names())).getBytes(UTF_8).length;
    }

    @Override
    public void setModified(GuestPath path, long modified) throws GuestFileException {
        find(path).modified = modified;
    }

    @Override
    public String readLink(GuestPath path) throws GuestFileException {
        find(path);
        throw new GuestFileException(Code.INVALID);
    }

    private void resize(FileNode file, long size) throws GuestFileException {
        long before = file.content.size();
        if (size < 0) {
            throw new GuestFileException(Code.FILE_TOO_LARGE);
        }
        requireBytes(file, size);
        try {
            file.content.resize(size);
        } catch (IOException e) {
            file.complete = false;
            throw hostFailed(e);
        }
        quota.resized(before, size);
        file.complete |= size == 0;
        file.modified = SandboxFiles.now();
    }

    private void requireBytes(FileNode file, long newSize) throws GuestFileException {
        try {
            quota.requireBytes(file.content.size(), newSize);
        } catch (GuestFileException e) {
            file.complete = false;
            throw e;
        }
    }

    /**
     * {@return the program's error after one of the host} Logged once for a tree: a program may try again for as long as it
     * runs.
     */
    private GuestFileException hostFailed(IOException e) {
        if (e instanceof HostAccount.FullException) {
            return new GuestFileException(Code.INSUFFICIENT_SPACE);
        }
        if (!isFailureReported) {
            isFailureReported = true;
            LOG.log(Level.WARNING, "A program's file is in a temporary file of the host, which failed", e);
        }
        return new GuestFileException(Code.IO);
    }

    private final class Handle implements OpenFile {

        private final FileNode file;
        private final boolean canRead;
        private final boolean canWrite;

        Handle(FileNode file, boolean canRead, boolean canWrite) {
            this.file = file;
            this.canRead = canRead;
            this.canWrite = canWrite;
        }

        @Override
        public GuestFiles.Status status() {
            return file.status();
        }

        @Override
        public int read(long offset, MemorySegment into) throws GuestFileException {
            if (!canRead) {
                throw new GuestFileException(Code.BAD_DESCRIPTOR);
            }
            try {
                return file.content.read(offset, into);
            } catch (IOException e) {
                throw hostFailed(e);
            }
        }

        @Override
        public long write(long offset, ByteBuffer bytes) throws GuestFileException {
            if (!canWrite) {
                throw new GuestFileException(Code.BAD_DESCRIPTOR);
            }
            long before = file.content.size();
            long at = offset == GuestFiles.END ? before : offset;
            if (!bytes.hasRemaining()) {
                return at;
            }
            if (at < 0 || at > Long.MAX_VALUE - bytes.remaining()) {
                throw new GuestFileException(Code.FILE_TOO_LARGE);
            }
            long end = at + bytes.remaining();
            requireBytes(file, Math.max(before, end));
            try {
                file.content.write(at, bytes);
            } catch (IOException e) {
                file.complete = false;
                throw hostFailed(e);
            } finally {
                quota.resized(before, file.content.size());
            }
            file.modified = SandboxFiles.now();
            return end;
        }

        @Override
        public void resize(long size) throws GuestFileException {
            if (!canWrite) {
                throw new GuestFileException(Code.BAD_DESCRIPTOR);
            }
            WritableTree.this.resize(file, size);
        }

        @Override
        public void close() {
            file.handles--;
            releaseUnused(file);
        }
    }

    private record Below(String path, TreeNode node) {}

    /** Hands over all files, sorted by path. No file may be open or used afterwards. */
    List<OutputFile> take() {
        List<OutputFile> taken = new ArrayList<>();
        Deque<Below> waiting = new ArrayDeque<>();
        waiting.push(new Below("", root));
        int inBlocks = 0;
        while (!waiting.isEmpty()) {
            Below next = waiting.pop();
            switch (next.node) {
                case FileNode file -> {
                    taken.add(new OutputContent(next.path, file.content, file.complete));
                    inBlocks += file.content.isInMemory() ? 0 : 1;
                }
                case Directory directory -> {
                    String prefix = next.path.isEmpty() ? "" : next.path + "/";
                    for (Child child : directory.byPosition.values()) {
                        waiting.push(new Below(prefix + child.name(), child.node()));
                    }
                }
            }
        }
        store.keepFor(inBlocks);
        taken.sort(Comparator.comparing(OutputFile::path));
        return taken;
    }

    /** Releases all, unless the files were handed over. */
    @Override
    public void close() {
        store.close();
    }
}
