package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles;
import java.util.List;

/** The directory {@code /}, and the paths below it that are in no other tree. */
final class TopDirectory extends ReadOnlyTree {

    private final GuestFiles.Status status;
    private final GuestFiles.Entries entries;

    TopDirectory(long modified, List<String> names) {
        this.status = new GuestFiles.Status(GuestFiles.DIRECTORY, 0, modified);
        this.entries = new GuestFiles.Entries(
                names.stream().map(name -> new GuestFiles.Entry(name, status)).toList(), 0);
    }

    @Override
    public GuestFiles.Status stat(GuestPath path, boolean follow) throws GuestFileException {
        requireTop(path);
        return status;
    }

    @Override
    public GuestFiles.Entries list(GuestPath path, long start) throws GuestFileException {
        requireTop(path);
        return start == 0 ? entries : new GuestFiles.Entries(List.of(), 0);
    }

    @Override
    OpenFile open(GuestPath path, boolean follow) throws GuestFileException {
        requireTop(path);
        throw new GuestFileException(Code.IS_DIRECTORY);
    }

    @Override
    public String readLink(GuestPath path) throws GuestFileException {
        requireTop(path);
        throw new GuestFileException(Code.INVALID);
    }

    private static void requireTop(GuestPath path) throws GuestFileException {
        if (!path.isRoot()) {
            throw new GuestFileException(Code.NO_ENTRY);
        }
    }
}
