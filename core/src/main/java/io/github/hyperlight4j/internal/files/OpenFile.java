package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** An open file, for which a guest has a handle. */
interface OpenFile {

    GuestFiles.Status status() throws GuestFileException;

    int read(long offset, MemorySegment into) throws GuestFileException;

    long write(long offset, ByteBuffer bytes) throws GuestFileException;

    void resize(long size) throws GuestFileException;

    /** Called once. */
    void close();
}
