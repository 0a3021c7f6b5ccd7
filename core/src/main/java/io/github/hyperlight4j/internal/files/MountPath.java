package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The path of a mount below {@code /input}. */
public final class MountPath {

    private MountPath() {}

    /**
     * {@return the path in its normal form: names with {@code /} between them}
     *
     * @param path as the application gave it
     * @throws IllegalArgumentException if it leaves {@code /input}, is {@code /input} itself, or cannot be a path
     */
    public static String normalize(String path) {
        String stripped = path.strip();
        if (stripped.isEmpty()) {
            throw new IllegalArgumentException("A mount path must not be empty");
        }
        List<String> names =
                new ArrayList<>(Arrays.asList(stripped.replace('\\', '/').split("/", -1)));
        names.removeIf(name -> name.isEmpty() || name.equals("."));
        if (!names.isEmpty() && names.getFirst().equals("input")) {
            names.removeFirst();
        }
        if (names.contains("..")) {
            throw new IllegalArgumentException("A mount path must stay within /input: " + path
                    + " has '..' in it; give the mount a path of its own, such as data for ../data");
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException("A mount path must name something below /input: " + path);
        }
        String normalized = String.join("/", names);
        try {
            GuestPath.parse("/input/" + normalized);
        } catch (GuestFileException e) {
            throw new IllegalArgumentException(
                    "A mount path must be at most 255 bytes a name and 4,088 bytes in all, and Unicode text without NUL: "
                            + path,
                    e);
        }
        return normalized;
    }
}
