package io.github.hyperlight4j.internal.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files below a directory with their checksums, kept in a file of it. Written last: a directory that has one was
 * complete. A checksum guards against damage, not against whoever can write the directory.
 */
final class Manifest {

    /** The manifest's file. */
    static final String NAME = "checksums";

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{8}) ([0-9]{1,18}) (.+)");

    private Manifest() {}

    /** Describes the files that are there now. */
    static void write(Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files(directory)) {
            FileChecksum checksum = FileChecksum.of(file);
            lines.add(checksum.crc32() + " " + checksum.size() + " " + directory.relativize(file));
        }
        Files.write(directory.resolve(NAME), lines);
    }

    /**
     * Compares the files with what the manifest says of them.
     *
     * @throws DamagedException if they differ, or the manifest is not what was written
     * @throws IOException if a file is missing or cannot be read
     */
    static void check(Path directory) throws IOException {
        List<String> lines = Files.readAllLines(directory.resolve(NAME));
        if (lines.isEmpty()) {
            throw new DamagedException(NAME + " is empty");
        }
        for (String line : lines) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                throw new DamagedException(NAME + " has a line that is none");
            }
            FileChecksum expected = new FileChecksum(parts.group(1), Long.parseLong(parts.group(2)));
            FileChecksum found = FileChecksum.of(resolve(directory, parts.group(3)));
            if (!found.equals(expected)) {
                throw new DamagedException(parts.group(3) + " is " + found + ", and should be " + expected);
            }
        }
    }

    /** A damaged name may be none. */
    private static Path resolve(Path directory, String name) throws DamagedException {
        try {
            return directory.resolve(name);
        } catch (InvalidPathException e) {
            throw new DamagedException(NAME + " names what cannot be a file: " + e.getReason());
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** A file is not as it was written. */
    static final class DamagedException extends IOException {

        private static final long serialVersionUID = 1L;

        private DamagedException(String message) {
            super(message);
        }
    }
}
