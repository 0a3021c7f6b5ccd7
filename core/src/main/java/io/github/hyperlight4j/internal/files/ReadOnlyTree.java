package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.internal.guest.GuestFiles;

/** A read-only tree. As on Linux, an error of the path comes before {@code EROFS}. */
abstract class ReadOnlyTree implements FileTree {

    @Override
    public final OpenFile open(GuestPath path, int flags) throws GuestFileException {
        boolean follow = (flags & GuestFiles.OPEN_NO_FOLLOW) == 0;
        if ((flags & (GuestFiles.OPEN_CREATE | GuestFiles.OPEN_EXCLUSIVE)) != 0) {
            boolean exclusive = (flags & GuestFiles.OPEN_EXCLUSIVE) != 0;
            if (exists(path, follow && !exclusive)) {
                if (exclusive) {
                    throw new GuestFileException(Code.EXIST);
                }
            } else if ((flags & GuestFiles.OPEN_CREATE) != 0) {
                throw cannotCreate(path);
            }
        }
        if ((flags & (GuestFiles.OPEN_WRITE | GuestFiles.OPEN_TRUNCATE)) != 0) {
            boolean directory = stat(path, follow).kind() == GuestFiles.DIRECTORY;
            throw new GuestFileException(directory ? Code.IS_DIRECTORY : Code.READ_ONLY);
        }
        return open(path, follow);
    }

    /** Opens a file to read it. */
    abstract OpenFile open(GuestPath path, boolean follow) throws GuestFileException;

    @Override
    public final void makeDirectory(GuestPath path) throws GuestFileException {
        throw exists(path, false) ? new GuestFileException(Code.EXIST) : cannotCreate(path);
    }

    @Override
    public final void remove(GuestPath path, boolean directory) throws GuestFileException {
        boolean found = stat(path, false).kind() == GuestFiles.DIRECTORY;
        if (found != directory) {
            throw new GuestFileException(directory ? Code.NOT_DIRECTORY : Code.IS_DIRECTORY);
        }
        throw new GuestFileException(Code.READ_ONLY);
    }

    @Override
    public final void rename(GuestPath path, GuestPath to) throws GuestFileException {
        stat(path, false);
        throw exists(to, false) ? new GuestFileException(Code.READ_ONLY) : cannotCreate(to);
    }

    @Override
    public final void setModified(GuestPath path, long modified) throws GuestFileException {
        stat(path, true);
        throw new GuestFileException(Code.READ_ONLY);
    }

    private boolean exists(GuestPath path, boolean follow) throws GuestFileException {
        try {
            stat(path, follow);
            return true;
        } catch (GuestFileException e) {
            if (e.code() == Code.NO_ENTRY) {
                return false;
            }
            throw e;
        }
    }

    private GuestFileException cannotCreate(GuestPath path) throws GuestFileException {
        boolean directory = stat(path.parent(), true).kind() == GuestFiles.DIRECTORY;
        return new GuestFileException(directory ? Code.READ_ONLY : Code.NOT_DIRECTORY);
    }
}
