package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFiles;

/** A directory of the root and all below it. Paths are relative to it. What each function means is in the WIT. */
interface FileTree {

    /** The most that a part of a list holds: entries, and bytes of their names. */
    int LONGEST_PART = 1000;

    int LARGEST_PART = 256 << 10;

    GuestFiles.Status stat(GuestPath path, boolean follow) throws GuestFileException;

    GuestFiles.Entries list(GuestPath path, long start) throws GuestFileException;

    OpenFile open(GuestPath path, int flags) throws GuestFileException;

    void makeDirectory(GuestPath path) throws GuestFileException;

    void remove(GuestPath path, boolean directory) throws GuestFileException;

    void rename(GuestPath path, GuestPath to) throws GuestFileException;

    void setModified(GuestPath path, long modified) throws GuestFileException;

    String readLink(GuestPath path) throws GuestFileException;
}
