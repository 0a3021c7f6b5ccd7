package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Files, with the bytes that are read and written counted.
 *
 * @param files the files
 * @param traffic counts
 */
record CountedFiles(GuestFiles files, Traffic traffic) implements GuestFiles {

    @Override
    public int read(int handle, long offset, MemorySegment into) throws GuestFileException, RunEndedException {
        int read = files.read(handle, offset, into);
        traffic.toGuest(read);
        return read;
    }

    @Override
    public long write(int handle, long offset, ByteBuffer bytes) throws GuestFileException, RunEndedException {
        int size = bytes.remaining();
        long end = files.write(handle, offset, bytes);
        traffic.fromGuest(size);
        return end;
    }

    @Override
    public Status stat(String path, boolean follow) throws GuestFileException, RunEndedException {
        return files.stat(path, follow);
    }

    @Override
    public Status stat(int handle) throws GuestFileException, RunEndedException {
        return files.stat(handle);
    }

    @Override
    public Entries list(String path, long start) throws GuestFileException, RunEndedException {
        return files.list(path, start);
    }

    @Override
    public Opened open(String path, int flags) throws GuestFileException, RunEndedException {
        return files.open(path, flags);
    }

    @Override
    public void resize(int handle, long size) throws GuestFileException, RunEndedException {
        files.resize(handle, size);
    }

    @Override
    public void close(int handle) throws RunEndedException {
        files.close(handle);
    }

    @Override
    public void makeDirectory(String path) throws GuestFileException, RunEndedException {
        files.makeDirectory(path);
    }

    @Override
    public void remove(String path, boolean directory) throws GuestFileException, RunEndedException {
        files.remove(path, directory);
    }

    @Override
    public void rename(String path, String to) throws GuestFileException, RunEndedException {
        files.rename(path, to);
    }

    @Override
    public void setModified(String path, long modified) throws GuestFileException, RunEndedException {
        files.setModified(path, modified);
    }

    @Override
    public String readLink(String path) throws GuestFileException, RunEndedException {
        return files.readLink(path);
    }
}
