package io.github.hyperlight4j.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.internal.files.LinuxFiles.HostStatus;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is mounted at {@code /input}, as one tree. Each mounted directory, and the directory of each mounted file, is held
 * open; the kernel resolves a path from there, and refuses what leads out.
 */
final class InputTree extends ReadOnlyTree implements AutoCloseable {

    /** How many lists may be half read at a time: an open directory each. */
    private static final int MOST_LISTS = 32;

    private final @Nullable LinuxFiles linux;
    private final Mounts.Node root;
    private final long started;
    private final Map<Mounts.Node, Place> mounted = new HashMap<>();
    private final Map<Long, Listing> lists = new LinkedHashMap<>();
    private long lastCursor;

    /**
     * @param mounts what is mounted
     * @param started the time of the directories that lead to mounts
     * @throws HyperlightException if something cannot be opened
     */
    InputTree(Mounts mounts, long started) {
        this.root = mounts.root();
        this.started = started;
        this.linux = mounts == Mounts.NONE ? null : new LinuxFiles();
        try {
            openAll(root);
        } catch (HyperlightException e) {
            close();
            throw e;
        }
    }

    private void openAll(Mounts.Node node) {
        Path host = node.host();
        if (host != null) {
            try {
                mounted.put(node, openMount(HostPath.bytes(host), node.isFile()));
            } catch (GuestFileException e) {
                throw new HyperlightException(
                        HyperlightException.Code.IO,
                        "The mounted " + host
                                + " is not there any more, or cannot be reached without following a link (" + e.code()
                                + ")",
                        e);
            }
        }
        node.children().values().forEach(this::openAll);
    }

    private Place openMount(byte[] path, boolean file) throws GuestFileException {
        int name = path.length;
        while (file && path[name - 1] != '/') {
            name--;
        }
        byte[] directory = Arrays.copyOf(path, name);
        return new Place(linux().openDirectory(directory), Arrays.copyOfRange(path, name, path.length));
    }

    /** The system calls. There is no need for any where nothing is mounted. */
    private LinuxFiles linux() {
        if (linux == null) {
            throw new IllegalStateException("Nothing is mounted");
        }
        return linux;
    }

    /** Closes all that is open, but not files that were opened by a program. */
    @Override
    public void close() {
        lists.values().forEach(Listing::close);
        lists.clear();
        mounted.values().forEach(place -> linux().close(place.directory));
        mounted.clear();
    }

    /** A path on the host, below an open directory. */
    private static final class Place {

        final int directory;
        final byte[] below;

        Place(int directory, byte[] below) {
            this.directory = directory;
            this.below = below;
        }
    }

    /**
     * Where a path is.
     *
     * @param node the mount, or the directory on the way to one, that the path is; {@code null} if it is below or beside
     * @param place where it is on the host; {@code null} if no mount reaches there
     * @param depth how many of the path's names lead to the mount that it is in
     */
    private record Location(
            Mounts.@Nullable Node node, @Nullable Place place, int depth) {}

    private Location find(GuestPath path) throws GuestFileException {
        List<String> names = path.names();
        Mounts.Node node = root;
        Mounts.@Nullable Node mount = root.host() == null ? null : root;
        int mountDepth = 0;
        int depth = 0;
        for (String name : names) {
            Mounts.Node child = node.children().get(name);
            if (child == null) {
                break;
            }
            node = child;
            depth++;
            if (child.host() != null) {
                mount = child;
                mountDepth = depth;
            }
        }
        boolean whole = depth == names.size();
        if (node.isFile() && (!whole || path.directory())) {
            throw new GuestFileException(Code.NOT_DIRECTORY);
        }
        return new Location(whole ? node : null, place(mount, path, mountDepth), mountDepth);
    }

    private @Nullable Place place(Mounts.@Nullable Node mount, GuestPath path, int depth) {
        Place top = mount == null ? null : mounted.get(mount);
        if (mount == null || top == null || mount.isFile()) {
            return top;
        }
        String below = String.join("/", path.names().subList(depth, path.names().size()));
        String name = below.isEmpty() ? "." : path.directory() ? below + "/" : below;
        return new Place(top.directory, name.getBytes(UTF_8));
    }

    private static Place required(@Nullable Place place) throws GuestFileException {
        if (place == null) {
            throw new GuestFileException(Code.NO_ENTRY);
        }
        return place;
    }

    @Override
    public GuestFiles.Status stat(GuestPath path, boolean follow) throws GuestFileException {
        Location location = find(path);
        Mounts.Node node = location.node;
        if (node != null && !node.isFile() && node.host() == null) {
            return new GuestFiles.Status(GuestFiles.DIRECTORY, 0, started);
        }
        // A mounted file is a file: a link that has taken its place since is not followed.
        return statusOf(required(location.place), follow && (node == null || !node.isFile()))
                .forGuest();
    }

    private HostStatus statusOf(Place place, boolean follow) throws GuestFileException {
        int file = linux().locate(place.directory, place.below, follow);
        try {
            return linux().status(file);
        } finally {
            linux().close(file);
        }
    }

    @Override
    OpenFile open(GuestPath path, boolean follow) throws GuestFileException {
        Location location = find(path);
        Mounts.Node node = location.node;
        if (node != null && !node.isFile()) {
            throw new GuestFileException(Code.IS_DIRECTORY);
        }
        Place place = required(location.place);
        boolean followLast = follow && node == null;
        // What is no file is not opened at all: to open a FIFO or a device can have an effect of its own.
        requireFile(statusOf(place, followLast));
        int file = linux().openToRead(place.directory, place.below, followLast);
        try {
            requireFile(linux().status(file));
        } catch (GuestFileException e) {
            linux().close(file);
            throw e;
        }
        return new HostFile(linux(), file);
    }

    private static void requireFile(HostStatus status) throws GuestFileException {
        if (!status.isFile()) {
            throw new GuestFileException(
                    status.isDirectory() ? Code.IS_DIRECTORY : status.isLink() ? Code.LOOP : Code.ACCESS);
        }
    }

    private record HostFile(LinuxFiles linux, int file) implements OpenFile {

        @Override
        public GuestFiles.Status status() throws GuestFileException {
            return linux.status(file).forGuest();
        }

        @Override
        public int read(long offset, MemorySegment into) throws GuestFileException {
            return offset < 0 ? 0 : linux.read(file, offset, into);
        }

        @Override
        public long write(long offset, ByteBuffer bytes) throws GuestFileException {
            throw new GuestFileException(Code.BAD_DESCRIPTOR);
        }

        @Override
        public void resize(long size) throws GuestFileException {
            throw new GuestFileException(Code.BAD_DESCRIPTOR);
        }

        @Override
        public void close() {
            linux.close(file);
        }
    }

    @Override
    public String readLink(GuestPath path) throws GuestFileException {
        Location location = find(path);
        if (location.node != null) {
            throw new GuestFileException(Code.INVALID);
        }
        Place place = required(location.place);
        int link = linux().locate(place.directory, place.below, false);
        try {
            if (!linux().status(link).isLink()) {
                throw new GuestFileException(Code.INVALID);
            }
            String target = text(linux().readLink(link));
            int depth = path.names().size() - 1 - location.depth;
            if (target == null || !staysInside(target, depth)) {
                throw new GuestFileException(Code.ACCESS);
            }
            return target;
        } finally {
            linux().close(link);
        }
    }

    /** Whether a link's text does not lead out of the mount that it is in, at that depth. Only its text: no host path. */
    private static boolean staysInside(String target, int depth) {
        if (target.startsWith("/")) {
            return false;
        }
        int level = depth;
        for (String name : target.split("/", -1)) {
            if (name.equals("..")) {
                level--;
            } else if (!name.isEmpty() && !name.equals(".")) {
                level++;
            }
            if (level < 0) {
                return false;
            }
        }
        return true;
    }

    /** {@return the name as text, or {@code null} if it is not UTF-8, which a guest's strings are} */
    private static @Nullable String text(byte[] name) {
        String text = new String(name, UTF_8);
        return Arrays.equals(text.getBytes(UTF_8), name) ? text : null;
    }

    @Override
    public GuestFiles.Entries list(GuestPath path, long start) throws GuestFileException {
        Listing listing;
        if (start == 0) {
            listing = newListing(path);
        } else {
            listing = lists.remove(start);
            if (listing == null) {
                throw new GuestFileException(Code.INVALID);
            }
            if (!listing.path.equals(path.names())) {
                listing.close();
                throw new GuestFileException(Code.INVALID);
            }
        }
        return part(listing);
    }

    private GuestFiles.Entries part(Listing listing) throws GuestFileException {
        boolean keep = false;
        try {
            List<GuestFiles.Entry> items = listing.part();
            keep = listing.hasMore();
            return new GuestFiles.Entries(items, keep ? remember(listing) : 0);
        } finally {
            if (!keep) {
                listing.close();
            }
        }
    }

    /** {@return the number with which the list goes on} The list that waits for the longest time gives way. */
    private long remember(Listing listing) {
        if (lists.size() == MOST_LISTS) {
            long oldest = lists.keySet().iterator().next();
            Listing given = lists.remove(oldest);
            if (given != null) {
                given.close();
            }
        }
        lists.put(++lastCursor, listing);
        return lastCursor;
    }

    private Listing newListing(GuestPath path) throws GuestFileException {
        Location location = find(path);
        Mounts.Node node = location.node;
        if (node != null && node.isFile()) {
            throw new GuestFileException(Code.NOT_DIRECTORY);
        }
        Map<String, GuestFiles.Status> mounted = new TreeMap<>();
        if (node != null) {
            for (Map.Entry<String, Mounts.Node> child : node.children().entrySet()) {
                GuestFiles.Status status = mountedStatus(path, child.getKey());
                if (status != null) {
                    mounted.put(child.getKey(), status);
                }
            }
        }
        Collection<String> hidden = node == null ? Set.of() : node.children().keySet();
        boolean optional = node != null && node.host() == null;
        return new Listing(path.names(), mounted, new HashSet<>(hidden), openToList(location.place, optional));
    }

    /** The status of a mount; {@code null} if it was a file and is gone. */
    private GuestFiles.@Nullable Status mountedStatus(GuestPath directory, String name) throws GuestFileException {
        List<String> names = new ArrayList<>(directory.names());
        names.add(name);
        try {
            return stat(new GuestPath(names, false), false);
        } catch (GuestFileException e) {
            if (e.code() == Code.NO_ENTRY || e.code() == Code.ACCESS) {
                return null;
            }
            throw e;
        }
    }

    /**
     * Opens a directory.
     *
     * @param optional whether it may be missing, for it is there anyway as the way to a mount
     * @return its descriptor, or -1 if it is missing
     */
    private int openToList(@Nullable Place place, boolean optional) throws GuestFileException {
        if (place == null && optional) {
            return -1;
        }
        Place required = required(place);
        try {
            return linux().openToList(required.directory, required.below);
        } catch (GuestFileException e) {
            boolean missing = switch (e.code()) {
                case NO_ENTRY, NOT_DIRECTORY, ACCESS, LOOP -> true;
                default -> false;
            };
            if (optional && missing) {
                return -1;
            }
            throw e;
        }
    }

    /** A directory's list while it is read: first what is mounted there, then what the host has. */
    private final class Listing {

        private final List<String> path;
        private final Set<String> hidden;
        private final Deque<GuestFiles.Entry> mounted = new ArrayDeque<>();
        private final Deque<byte[]> names = new ArrayDeque<>();
        private final int directory;
        private boolean open;

        Listing(List<String> path, Map<String, GuestFiles.Status> mounted, Set<String> hidden, int directory) {
            this.path = path;
            this.hidden = hidden;
            mounted.forEach((name, status) -> this.mounted.add(new GuestFiles.Entry(name, status)));
            this.directory = directory;
            this.open = directory >= 0;
        }

        List<GuestFiles.Entry> part() throws GuestFileException {
            List<GuestFiles.Entry> items = new ArrayList<>();
            int bytes = 0;
            while (items.size() < LONGEST_PART && bytes < LARGEST_PART && hasMore()) {
                GuestFiles.Entry entry = mounted.poll();
                if (entry == null) {
                    entry = hostEntry(names.remove());
                }
                if (entry != null) {
                    items.add(entry);
                    bytes += entry.name().length();
                }
            }
            return items;
        }

        /** Whether there is another entry, or something that is none. Reads on if it has to. */
        boolean hasMore() throws GuestFileException {
            if (mounted.isEmpty() && names.isEmpty() && open) {
                names.addAll(linux().names(directory));
            }
            return !mounted.isEmpty() || !names.isEmpty();
        }

        /**
         * {@return the entry, or {@code null} for what a program does not see: special files, what is gone again, what
         * something is mounted over, and names that are not UTF-8}
         */
        private GuestFiles.@Nullable Entry hostEntry(byte[] bytes) throws GuestFileException {
            String name = text(bytes);
            if (name == null || hidden.contains(name)) {
                return null;
            }
            HostStatus status;
            try {
                status = linux().status(directory, bytes);
            } catch (GuestFileException e) {
                if (e.code() == Code.NO_ENTRY) {
                    return null;
                }
                throw e;
            }
            boolean visible = status.isFile() || status.isDirectory() || status.isLink();
            return visible ? new GuestFiles.Entry(name, status.forGuest()) : null;
        }

        void close() {
            if (open) {
                open = false;
                linux().close(directory);
            }
        }
    }
}
