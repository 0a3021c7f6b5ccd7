package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The files of one run: {@code /input} as it is mounted, and {@code /output} and {@code /tmp}, empty at first. For one thread,
 * which runs the program; closed when the run is over.
 */
public final class SandboxFiles implements GuestFiles, AutoCloseable {

    /** The most files and directories in {@code /output}, and as many in {@code /tmp}. */
    static final int MOST_ENTRIES = 10_000;

    /** The most files that are open at a time. */
    static final int MOST_OPEN = 256;

    private final TopDirectory top;
    private final InputTree input;
    private final WritableTree output;
    private final WritableTree temporary;
    private final Map<Integer, OpenFile> open = new HashMap<>();
    private final int mostOpen;
    /** Begins anywhere: a session may hold a handle of an earlier run, which must not name a file of this run. */
    private int lastHandle = ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);

    private boolean ended;
    private boolean taken;

    /**
     * @param mounts what can be read; opened here, so that it stays the same if its name on the host goes
     * @param limits what can be written
     * @param stop the run's deadline
     * @throws io.github.hyperlight4j.HyperlightException if the host has too few descriptors for the mounts
     */
    public SandboxFiles(Mounts mounts, Limits limits, StopCheck stop) {
        this(mounts, limits, MOST_ENTRIES, MOST_OPEN, HostAccount.ofProcess(), stop);
    }

    SandboxFiles(Mounts mounts, Limits limits, int mostEntries, int mostOpen, HostAccount account, StopCheck stop) {
        long now = now();
        top = new TopDirectory(now, List.of("input", "output", "tmp"));
        QuotaAccount ofOutput = new QuotaAccount(
                limits.outputFiles(),
                limits.outputFileSize().bytes(),
                limits.outputSize().bytes(),
                mostEntries);
        output = new WritableTree(ofOutput, account);
        long temporarySize = limits.temporarySize().bytes();
        temporary = new WritableTree(new QuotaAccount(mostEntries, temporarySize, temporarySize, mostEntries), account);
        this.mostOpen = mostOpen;
        input = new InputTree(mounts, now, stop);
    }

    /** Returns the time in nanoseconds since the Unix epoch. */
    static long now() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }

    /**
     * Ends the run's access to its files and hands over those in {@code /output}, for the caller to close. To be called
     * once at most, before {@link #close}.
     *
     * @return files, sorted by path
     */
    public List<OutputFile> takeOutput() {
        requireNotEnded();
        ended = true;
        taken = true;
        closeHandles();
        return output.take();
    }

    /** Releases all that was not handed over. A second time does nothing. */
    @Override
    public void close() {
        ended = true;
        closeHandles();
        input.close();
        if (!taken) {
            output.close();
        }
        temporary.close();
    }

    private void requireNotEnded() {
        if (ended) {
            throw new IllegalStateException("The run's files are closed");
        }
    }

    private void closeHandles() {
        List<OpenFile> files = new ArrayList<>(open.values());
        open.clear();
        files.forEach(OpenFile::close);
    }

    @Override
    public Status stat(String path, boolean follow) throws GuestFileException, RunEndedException {
        Target target = target(path);
        return target.tree.stat(target.path, follow);
    }

    @Override
    public Status stat(int handle) throws GuestFileException, RunEndedException {
        return file(handle).status();
    }

    @Override
    public Entries list(String path, long start) throws GuestFileException, RunEndedException {
        Target target = target(path);
        return target.tree.list(target.path, start);
    }

    @Override
    public Opened open(String path, int flags) throws GuestFileException, RunEndedException {
        Target target = target(path);
        if (open.size() >= mostOpen) {
            throw new GuestFileException(Code.QUOTA);
        }
        OpenFile file = target.tree.open(target.path, flags);
        Status status;
        try {
            status = file.status();
        } catch (GuestFileException e) {
            file.close();
            throw e;
        }
        do {
            lastHandle = lastHandle == Integer.MAX_VALUE ? 1 : lastHandle + 1;
        } while (open.containsKey(lastHandle));
        open.put(lastHandle, file);
        return new Opened(lastHandle, status);
    }

    @Override
    public int read(int handle, long offset, MemorySegment into) throws GuestFileException, RunEndedException {
        return file(handle).read(offset, into);
    }

    @Override
    public long write(int handle, long offset, ByteBuffer bytes) throws GuestFileException, RunEndedException {
        return file(handle).write(offset, bytes);
    }

    @Override
    public void resize(int handle, long size) throws GuestFileException, RunEndedException {
        file(handle).resize(size);
    }

    @Override
    public void close(int handle) {
        OpenFile file = open.remove(handle);
        if (file != null) {
            file.close();
        }
    }

    @Override
    public void makeDirectory(String path) throws GuestFileException, RunEndedException {
        Target target = target(path);
        target.tree.makeDirectory(target.path);
    }

    @Override
    public void remove(String path, boolean directory) throws GuestFileException, RunEndedException {
        Target target = target(path);
        target.tree.remove(target.path, directory);
    }

    @Override
    public void rename(String path, String to) throws GuestFileException, RunEndedException {
        Target from = target(path);
        Target target = target(to);
        if (!from.tree.equals(target.tree)) {
            from.tree.stat(from.path, false);
            boolean writable = from.tree instanceof WritableTree && target.tree instanceof WritableTree;
            throw new GuestFileException(writable ? Code.CROSS_DEVICE : Code.READ_ONLY);
        }
        from.tree.rename(from.path, target.path);
    }

    @Override
    public void setModified(String path, long modified) throws GuestFileException, RunEndedException {
        Target target = target(path);
        target.tree.setModified(target.path, modified);
    }

    @Override
    public String readLink(String path) throws GuestFileException, RunEndedException {
        Target target = target(path);
        return target.tree.readLink(target.path);
    }

    private OpenFile file(int handle) throws GuestFileException, RunEndedException {
        requireRun();
        OpenFile file = open.get(handle);
        if (file == null) {
            throw new GuestFileException(Code.BAD_DESCRIPTOR);
        }
        return file;
    }

    private record Target(FileTree tree, GuestPath path) {}

    private Target target(String text) throws GuestFileException, RunEndedException {
        requireRun();
        GuestPath path = GuestPath.parse(text);
        if (path.isRoot()) {
            return new Target(top, path);
        }
        return switch (path.names().getFirst()) {
            case "input" -> new Target(input, path.below());
            case "output" -> new Target(output, path.below());
            case "tmp" -> new Target(temporary, path.below());
            default -> new Target(top, path);
        };
    }

    private void requireRun() throws RunEndedException {
        if (ended) {
            throw new RunEndedException();
        }
    }
}
