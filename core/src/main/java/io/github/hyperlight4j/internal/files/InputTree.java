package io.github.hyperlight4j.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.HyperlightException;
import io.github.hyperlight4j.internal.files.HostListing.HostDirectory;
import io.github.hyperlight4j.internal.files.LinuxFiles.Place;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The mounts at {@code /input}, as one tree. Each mounted directory, and the directory of each mounted file, is held
 * open; the kernel resolves a path from there, and refuses to leave it.
 */
final class InputTree extends ReadOnlyTree implements AutoCloseable {

    /** The most lists that are half read at a time: an open directory each. */
    private static final int MOST_LISTS = 32;

    private final @Nullable LinuxFiles linux;
    private final Mounts.Node root;
    private final long started;
    private final StopCheck stop;
    private final Map<Mounts.Node, Place> mounted = new HashMap<>();

    /** Mounts whose root could not be opened when the run began, with the error that a program gets for them. */
    private final Map<Mounts.Node, Code> missing = new HashMap<>();

    private final Map<Long, HostListing> lists = new LinkedHashMap<>();
    private long lastCursor;

    /**
     * @param mounts what is mounted
     * @param started the modification time of the directories that lead to mounts
     * @param stop the run's deadline
     * @throws HyperlightException if the host has too few descriptors
     */
    InputTree(Mounts mounts, long started, StopCheck stop) {
        this.root = mounts.root();
        this.started = started;
        this.stop = stop;
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
                mounted.put(node, openMount(HostPath.bytes(host), node));
            } catch (GuestFileException e) {
                if (e.code() == Code.QUOTA) {
                    throw new HyperlightException(
                            HyperlightException.Code.IO,
                            "The mounted " + host + " cannot be opened: the process has too many open files",
                            e);
                }
                node.reportMissing(e.code());
                missing.put(node, e.code());
            }
        }
        node.children().values().forEach(this::openAll);
    }

    /** A mounted file may be a mount of the host's itself. What is mounted inside a directory has to be asked for. */
    private Place openMount(byte[] path, Mounts.Node node) throws GuestFileException {
        int name = path.length;
        while (node.isFile() && path[name - 1] != '/') {
            name--;
        }
        int directory = linux().openDirectory(Arrays.copyOf(path, name));
        return new Place(
                directory, Arrays.copyOfRange(path, name, path.length), node.isFile() || node.crossesFileSystems());
    }

    /** The system calls. None are needed where nothing is mounted. */
    private LinuxFiles linux() {
        if (linux == null) {
            throw new IllegalStateException("Nothing is mounted");
        }
        return linux;
    }

    /** Closes all that is open, but not files that were opened by a program. */
    @Override
    public void close() {
        lists.values().forEach(HostListing::close);
        lists.clear();
        mounted.values().forEach(place -> linux().close(place.directory()));
        mounted.clear();
    }

    /**
     * Where a path leads.
     *
     * @param node the mount, or the directory on the way to one, that the path names; {@code null} if it names neither
     * @param place where it is on the host; {@code null} if no mount that is there reaches it
     * @param problem the error if there is no place
     * @param depth how many of the path's names lead to the mount that it is in
     */
    private record Location(
            Mounts.@Nullable Node node, @Nullable Place place, Code problem, int depth) {

        Place required() throws GuestFileException {
            if (place == null) {
                throw new GuestFileException(problem);
            }
            return place;
        }
    }

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
        Code problem = mount == null ? Code.NO_ENTRY : missing.getOrDefault(mount, Code.NO_ENTRY);
        return new Location(whole ? node : null, place(mount, path, mountDepth), problem, mountDepth);
    }

    private @Nullable Place place(Mounts.@Nullable Node mount, GuestPath path, int depth) {
        Place top = mount == null ? null : mounted.get(mount);
        if (mount == null || top == null || mount.isFile()) {
            return top;
        }
        String below = String.join("/", path.names().subList(depth, path.names().size()));
        String name = below.isEmpty() ? "." : path.directory() ? below + "/" : below;
        return new Place(top.directory(), name.getBytes(UTF_8), top.crosses());
    }

    @Override
    public GuestFiles.Status stat(GuestPath path, boolean follow) throws GuestFileException {
        Location location = find(path);
        Mounts.Node node = location.node;
        if (node != null && !node.isFile() && node.host() == null) {
            return new GuestFiles.Status(GuestFiles.DIRECTORY, 0, started);
        }
        // A link that has taken a mounted file's place is not followed.
        return statusOf(location.required(), follow && (node == null || !node.isFile()))
                .forGuest();
    }

    private HostStatus statusOf(Place place, boolean follow) throws GuestFileException {
        int file = linux().locate(place, follow);
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
        Place place = location.required();
        boolean followLast = follow && node == null;
        // Looked at before it is opened, because opening a FIFO or a device can have an effect of its own.
        requireFile(statusOf(place, followLast));
        int file = linux().openToRead(place, followLast);
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
        Place place = location.required();
        int link = linux().locate(place, false);
        try {
            if (!linux().status(link).isLink()) {
                throw new GuestFileException(Code.INVALID);
            }
            String target = HostListing.text(linux().readLink(link));
            int depth = path.names().size() - 1 - location.depth;
            if (target == null || !staysInside(target, depth)) {
                throw new GuestFileException(Code.ACCESS);
            }
            return target;
        } finally {
            linux().close(link);
        }
    }

    /** Returns whether a link's text stays in the mount that the link is in, at that depth. No host path is resolved. */
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

    @Override
    public GuestFiles.Entries list(GuestPath path, long start) throws GuestFileException, RunEndedException {
        HostListing listing;
        if (start == 0) {
            listing = newListing(path);
        } else {
            listing = lists.remove(start);
            if (listing == null) {
                throw new GuestFileException(Code.INVALID);
            }
            if (!listing.path().equals(path.names())) {
                listing.close();
                throw new GuestFileException(Code.INVALID);
            }
        }
        return part(listing);
    }

    private GuestFiles.Entries part(HostListing listing) throws GuestFileException, RunEndedException {
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

    /** {@return the number with which the list goes on} The list that has waited longest is given up for it. */
    private long remember(HostListing listing) {
        if (lists.size() == MOST_LISTS) {
            long oldest = lists.keySet().iterator().next();
            HostListing given = lists.remove(oldest);
            if (given != null) {
                given.close();
            }
        }
        lists.put(++lastCursor, listing);
        return lastCursor;
    }

    private HostListing newListing(GuestPath path) throws GuestFileException {
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
        HostDirectory directory = openToList(location, optional);
        return new HostListing(stop, path.names(), mounted, Set.copyOf(hidden), directory);
    }

    /** {@return the status of a mount, or {@code null} if it is gone} */
    private GuestFiles.@Nullable Status mountedStatus(GuestPath directory, String name) throws GuestFileException {
        List<String> names = new ArrayList<>(directory.names());
        names.add(name);
        try {
            return stat(new GuestPath(names, false), false);
        } catch (GuestFileException e) {
            if (isMissing(e.code())) {
                return null;
            }
            throw e;
        }
    }

    /**
     * Opens a directory.
     *
     * @param optional whether the host need not have it, since it leads to a mount
     * @return the directory; {@code null} if the host does not have it
     */
    private @Nullable HostDirectory openToList(Location location, boolean optional) throws GuestFileException {
        if (location.place == null && optional) {
            return null;
        }
        try {
            return new HostDirectory(linux(), linux().openToList(location.required()));
        } catch (GuestFileException e) {
            if (optional && isMissing(e.code())) {
                return null;
            }
            throw e;
        }
    }

    private static boolean isMissing(Code code) {
        return switch (code) {
            case NO_ENTRY, NOT_DIRECTORY, ACCESS, LOOP -> true;
            default -> false;
        };
    }
}
