package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import io.github.hyperlight4j.internal.guest.RunEndedException;

/** A directory of the root and all below it, with the functions of the WIT interface {@code files}. Paths are relative to it. */
interface FileTree {

    /** The most entries in a part of a list. */
    int LONGEST_PART = 1000;

    /** The most bytes of names in a part of a list. */
    int LARGEST_PART = 256 << 10;

    GuestFiles.Status stat(GuestPath path, boolean follow) throws GuestFileException;

    GuestFiles.Entries list(GuestPath path, long start) throws GuestFileException, RunEndedException;

    OpenFile open(GuestPath path, int flags) throws GuestFileException;

    void makeDirectory(GuestPath path) throws GuestFileException;

    void remove(GuestPath path, boolean directory) throws GuestFileException;

    void rename(GuestPath path, GuestPath to) throws GuestFileException;

    void setModified(GuestPath path, long modified) throws GuestFileException;

    String readLink(GuestPath path) throws GuestFileException;
}
