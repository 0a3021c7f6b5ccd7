package io.github.hyperlight4j.internal.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The SHA-256 digests of a directory's files, kept in a file of it as {@code sha256sum} writes them. That file is written
 * last: a directory that has it was complete. It guards against damage; {@link TrustedPath} is the guard against users
 * who could write the directory, for they could write the digests too.
 *
 * @param directory the directory
 * @param digests digests by the files' names, which are relative and have {@code /} between their parts
 */
record Checksums(Path directory, SortedMap<String, String> digests) {

    /** The file's name. */
    static final String NAME = "SHA256SUMS";

    /** A list of a thousand times the files that a snapshot has is not read. */
    private static final int LONGEST = 1 << 20;

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) [ *]([^\\\\\\p{Cntrl}]+)");

    /** Computes the digests of all files that are below a directory, and writes them into it. */
    static Checksums write(Path directory) throws IOException {
        SortedMap<String, String> digests = new TreeMap<>();
        List<String> lines = new ArrayList<>();
        for (Path file : TrustedPath.requireTree(directory)) {
            String name = name(directory, file);
            String digest = compute(file);
            digests.put(name, digest);
            lines.add(digest + "  " + name);
        }
        Files.write(directory.resolve(NAME), lines);
        return new Checksums(directory, digests);
    }

    /**
     * Reads the digests that were written.
     *
     * @throws DamagedException if the list is not as it was written
     * @throws IOException if it cannot be read
     */
    static Checksums read(Path directory) throws IOException {
        try (InputStream in = Files.newInputStream(directory.resolve(NAME))) {
            return new Checksums(directory, parse(in.readNBytes(LONGEST + 1)));
        }
    }

    /** Parses a list, whatever it may be. */
    static SortedMap<String, String> parse(byte[] list) throws DamagedException {
        if (list.length == 0 || list.length > LONGEST || list[list.length - 1] != '\n') {
            throw new DamagedException(NAME + " is empty, too long, or not complete");
        }
        SortedMap<String, String> digests = new TreeMap<>();
        for (String line : decode(list).split("\n", -1)) {
            Matcher parts = LINE.matcher(line);
            if (line.isEmpty() && digests.size() > 0) {
                continue;
            }
            if (!parts.matches() || !isName(parts.group(2))) {
                throw new DamagedException(NAME + " has a line that is not a digest and a file's name");
            }
            if (digests.put(parts.group(2), parts.group(1)) != null) {
                throw new DamagedException(NAME + " has two lines for one file");
            }
        }
        return digests;
    }

    /** Returns a file's digest. */
    String digest(String name) throws DamagedException {
        String digest = digests.get(name);
        if (digest == null) {
            throw new DamagedException(NAME + " has no digest of " + name);
        }
        return digest;
    }

    /**
     * Compares files with their digests, except those that were compared before and not touched since.
     *
     * @throws DamagedException if one differs, or has no digest
     * @throws IOException if one is missing or cannot be read
     */
    void check(Collection<String> names) throws IOException {
        CheckedFiles checked = CheckedFiles.in(directory);
        List<String> compared = new ArrayList<>();
        for (String name : names) {
            String expected = digest(name);
            if (checked.isUntouched(name, expected)) {
                continue;
            }
            Path file = directory.resolve(name);
            String found = compute(file);
            if (!found.equals(expected)) {
                throw new DamagedException(
                        file + " is damaged: its SHA-256 is " + found + ", and should be " + expected);
            }
            compared.add(name);
        }
        checked.remember(compared, digests);
    }

    /**
     * Compares all files, and requires that there are no others.
     *
     * @param files the files below the directory
     * @param ignored names of files directly in the directory that need no digest
     * @throws DamagedException if one differs, or has no digest
     * @throws IOException if one is missing or cannot be read
     */
    void checkAll(List<Path> files, Pattern ignored) throws IOException {
        for (Path file : files) {
            String name = name(directory, file);
            if (!digests.containsKey(name) && !ignored.matcher(name).matches()) {
                throw new DamagedException(NAME + " has no digest of " + name);
            }
        }
        check(digests.keySet());
    }

    /** Remembers the files as they are: these digests were just computed from them. */
    void remember() {
        CheckedFiles.in(directory).remember(Set.copyOf(digests.keySet()), digests);
    }

    private static String name(Path directory, Path file) {
        return directory.relativize(file).toString().replace('\\', '/');
    }

    /** Whether a name leads to something below the directory. */
    private static boolean isName(String name) {
        try {
            Path path = Path.of(name);
            return !path.isAbsolute()
                    && path.getRoot() == null
                    && path.equals(path.normalize())
                    && !name.endsWith("/")
                    && !path.startsWith("..")
                    && !path.toString().isEmpty();
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static String decode(byte[] list) throws DamagedException {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(list)).toString();
        } catch (CharacterCodingException e) {
            throw new DamagedException(NAME + " is not text");
        }
    }

    private static String compute(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] piece = new byte[1 << 17];
            for (int size = in.read(piece); size >= 0; size = in.read(piece)) {
                digest.update(piece, 0, size);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java has SHA-256", e);
        }
    }

    /** A file that is not as it was written. */
    static final class DamagedException extends IOException {

        private static final long serialVersionUID = 1L;

        private DamagedException(String message) {
            super(message);
        }
    }
}
