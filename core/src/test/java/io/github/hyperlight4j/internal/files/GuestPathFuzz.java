package io.github.hyperlight4j.internal.files;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;

/** Paths that a guest gives, and mount paths that an application gives, against a second parser. */
final class GuestPathFuzz {

    private GuestPathFuzz() {}

    /** Takes the input as text in UTF-8, and in UTF-16, where surrogates may stand alone. */
    static void check(byte[] input) {
        checkPath(new String(input, UTF_8));
        checkPath("/" + new String(input, UTF_16BE));
        checkMountPath(new String(input, UTF_8));
    }

    private static void checkPath(String text) {
        GuestPath path;
        try {
            path = GuestPath.parse(text);
        } catch (GuestFileException e) {
            assertTrue(Set.of(Code.INVALID, Code.NAME_TOO_LONG).contains(e.code()), text);
            return;
        }
        assertTrue(text.startsWith("/") && text.indexOf('\0') < 0, text);
        assertTrue(UTF_8.newEncoder().canEncode(text), text);
        assertTrue(text.getBytes(UTF_8).length < GuestPath.LONGEST, text);
        assertEquals(names(text), path.names(), text);
        assertEquals(text.endsWith("/") || Set.of(".", "..").contains(last(text)), path.directory(), text);
        for (String name : path.names()) {
            assertTrue(
                    !name.isEmpty()
                            && name.indexOf('/') < 0
                            && !Set.of(".", "..").contains(name),
                    text);
            assertTrue(name.getBytes(UTF_8).length <= GuestPath.LONGEST_NAME, text);
        }
    }

    private static String last(String text) {
        return text.substring(text.lastIndexOf('/') + 1);
    }

    private static List<String> names(String text) {
        Deque<String> names = new ArrayDeque<>();
        StringTokenizer tokens = new StringTokenizer(text, "/");
        while (tokens.hasMoreTokens()) {
            String name = tokens.nextToken();
            switch (name) {
                case "." -> {}
                case ".." -> names.pollLast();
                default -> names.addLast(name);
            }
        }
        return List.copyOf(names);
    }

    private static void checkMountPath(String text) {
        String normalized;
        try {
            normalized = MountPath.normalize(text);
        } catch (IllegalArgumentException e) {
            return;
        }
        List<String> names = Arrays.asList(normalized.split("/", -1));
        assertTrue(names.stream().noneMatch(name -> Set.of("", ".", "..").contains(name)), text);
        try {
            assertEquals(names, GuestPath.parse("/input/" + normalized).below().names(), text);
        } catch (GuestFileException e) {
            throw new AssertionError(text, e);
        }
    }
}
