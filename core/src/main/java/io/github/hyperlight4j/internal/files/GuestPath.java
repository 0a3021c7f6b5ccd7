package io.github.hyperlight4j.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest's path, parsed. {@code .}, {@code ..} and empty parts are resolved; {@code ..} at the root stays there.
 *
 * @param names its names, below the directory that it is relative to
 * @param directory whether it can only be a directory's, as it ends with a slash
 */
record GuestPath(List<String> names, boolean directory) {

    /** The most bytes of a path, its terminator included: as on Linux. */
    static final int LONGEST = 4096;

    static final int LONGEST_NAME = 255;

    static GuestPath parse(String path) throws GuestFileException {
        // A character takes at least one byte, so a longer text is not even encoded.
        byte[] utf8 = path.length() >= LONGEST ? new byte[LONGEST] : path.getBytes(UTF_8);
        if (utf8.length >= LONGEST) {
            throw new GuestFileException(Code.NAME_TOO_LONG);
        }
        boolean isUnicode = new String(utf8, UTF_8).equals(path);
        if (!isUnicode || !path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw new GuestFileException(Code.INVALID);
        }
        List<String> names = new ArrayList<>();
        for (String name : path.split("/", -1)) {
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.removeLast();
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                if (name.getBytes(UTF_8).length > LONGEST_NAME) {
                    throw new GuestFileException(Code.NAME_TOO_LONG);
                }
                names.add(name);
            }
        }
        return new GuestPath(List.copyOf(names), path.endsWith("/") || path.endsWith("/.") || path.endsWith("/.."));
    }

    boolean isRoot() {
        return names.isEmpty();
    }

    /** Returns whether the other path is below this path. */
    boolean isAbove(GuestPath other) {
        return other.names.size() > names.size()
                && other.names.subList(0, names.size()).equals(names);
    }

    String name() {
        return names.getLast();
    }

    /** Returns the path relative to the directory of its first name. */
    GuestPath below() {
        return new GuestPath(names.subList(1, names.size()), directory);
    }

    /** Returns the path of its directory. */
    GuestPath parent() {
        return new GuestPath(names.subList(0, names.size() - 1), true);
    }
}
