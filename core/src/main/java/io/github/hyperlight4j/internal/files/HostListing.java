package io.github.hyperlight4j.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The listing of a directory below {@code /input}, in parts: first the mounts in it, then the host's entries. */
final class HostListing {

    /** An open directory of the host. */
    record HostDirectory(LinuxFiles linux, int file) {}

    private final StopCheck stop;
    private final List<String> path;
    private final Set<String> hidden;
    private final Deque<GuestFiles.Entry> mounted = new ArrayDeque<>();
    private final Deque<byte[]> names = new ArrayDeque<>();
    private @Nullable HostDirectory directory;

    /**
     * @param stop the run's deadline
     * @param path the directory's path in {@code /input}
     * @param mounted the mounts in it
     * @param hidden names of the host's that mounts shadow
     * @param directory the host's directory; {@code null} if only mounts are there
     */
    HostListing(
            StopCheck stop,
            List<String> path,
            Map<String, GuestFiles.Status> mounted,
            Set<String> hidden,
            @Nullable HostDirectory directory) {
        this.stop = stop;
        this.path = path;
        this.hidden = hidden;
        mounted.forEach((name, status) -> this.mounted.add(new GuestFiles.Entry(name, status)));
        this.directory = directory;
    }

    List<String> path() {
        return path;
    }

    /**
     * Returns the next entries. A part is bounded by the names that are looked at, whether or not a program sees them, so
     * that a directory of special files is many short parts.
     */
    List<GuestFiles.Entry> part() throws GuestFileException, RunEndedException {
        List<GuestFiles.Entry> items = new ArrayList<>();
        int bytes = 0;
        for (int looked = 0; looked < FileTree.LONGEST_PART && bytes < FileTree.LARGEST_PART && hasMore(); looked++) {
            stop.check();
            GuestFiles.Entry entry = mounted.poll();
            if (entry == null && directory != null && !names.isEmpty()) {
                entry = hostEntry(directory, names.remove());
            }
            if (entry != null) {
                items.add(entry);
                bytes += entry.name().length();
            }
        }
        return items;
    }

    /** Returns whether there is more to look at, which need not be an entry. Reads at most one buffer of names. */
    boolean hasMore() throws GuestFileException {
        if (mounted.isEmpty() && names.isEmpty() && directory != null) {
            List<byte[]> more = directory.linux.names(directory.file);
            if (more == null) {
                close();
            } else {
                names.addAll(more);
            }
        }
        return directory != null || !mounted.isEmpty();
    }

    /**
     * {@return the entry, or {@code null} for names that a program does not see: special files, files that are gone again,
     * shadowed names, and names that are not UTF-8}
     */
    private GuestFiles.@Nullable Entry hostEntry(HostDirectory directory, byte[] bytes) throws GuestFileException {
        String name = text(bytes);
        if (name == null || hidden.contains(name)) {
            return null;
        }
        try {
            HostStatus status = directory.linux.status(directory.file, bytes);
            return status.isVisible() ? new GuestFiles.Entry(name, status.forGuest()) : null;
        } catch (GuestFileException e) {
            if (e.code() == Code.NO_ENTRY) {
                return null;
            }
            throw e;
        }
    }

    /** {@return a host's name as text, or {@code null} if it is not UTF-8, which a guest's strings are} */
    static @Nullable String text(byte[] name) {
        String text = new String(name, UTF_8);
        return Arrays.equals(text.getBytes(UTF_8), name) ? text : null;
    }

    void close() {
        if (directory != null) {
            directory.linux.close(directory.file);
            directory = null;
        }
    }
}
