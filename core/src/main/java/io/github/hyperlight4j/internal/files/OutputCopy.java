package io.github.hyperlight4j.internal.files;

import io.github.hyperlight4j.OutputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Copies of output files on the host. A program chose their names, so a copy is never outside the application's directory,
 * through a link, or over another file unless that is asked for. All names are checked before anything is made.
 */
final class OutputCopy {

    private OutputCopy() {}

    static Path copy(OutputFile file, Path directory, CopyOption... options) throws IOException {
        boolean replace = false;
        for (CopyOption option : options) {
            if (option != StandardCopyOption.REPLACE_EXISTING) {
                throw new UnsupportedOperationException("Only REPLACE_EXISTING can be given, not " + option);
            }
            replace = true;
        }
        List<Path> names = names(file, directory);
        try (InputStream content = file.open()) {
            Path real = Files.createDirectories(directory).toRealPath();
            Path target = real;
            for (Path name : names.subList(0, names.size() - 1)) {
                target = target.resolve(name);
                requireDirectory(target);
            }
            target = target.resolve(names.getLast());
            if (replace) {
                replace(content, target);
            } else {
                create(content, target);
            }
            return directory.resolve(real.relativize(target));
        }
    }

    private static List<Path> names(OutputFile file, Path directory) {
        List<Path> names = new ArrayList<>();
        for (String name : file.path().split("/", -1)) {
            names.add(name(file, directory, name));
        }
        return names;
    }

    /** Returns a name that is one on this host too: on Windows, {@code C:x} and {@code a\b} are paths. */
    private static Path name(OutputFile file, Path directory, String name) {
        InvalidPathException problem = null;
        try {
            Path path = directory.getFileSystem().getPath(name);
            boolean isOne = !path.isAbsolute() && path.getRoot() == null && path.getNameCount() == 1;
            if (isOne && !name.isEmpty() && !name.equals(".") && !name.equals("..")) {
                return path;
            }
        } catch (InvalidPathException e) {
            problem = e;
        }
        throw new IllegalArgumentException("The host cannot have a file of this name: " + file.path(), problem);
    }

    /** Makes a directory, unless it is there and no link. */
    private static void requireDirectory(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(directory);
        } else if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileSystemException(directory.toString(), null, "is a link, or not a directory");
        }
    }

    /** Writes a new file. Files.copy neither follows a link nor opens a file that is there. */
    private static void create(InputStream content, Path target) throws IOException {
        try {
            Files.copy(content, target);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException e) {
            deletePart(target, e);
            throw e;
        }
    }

    /** Replaces a file or link by a whole copy: if the disk is full, for instance, the old one is kept. */
    private static void replace(InputStream content, Path target) throws IOException {
        if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString(), null, "is a directory");
        }
        Path copy = target.resolveSibling("." + UUID.randomUUID() + ".tmp");
        create(content, copy);
        try {
            Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            deletePart(copy, e);
            throw e;
        }
    }

    private static void deletePart(Path path, IOException cause) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
