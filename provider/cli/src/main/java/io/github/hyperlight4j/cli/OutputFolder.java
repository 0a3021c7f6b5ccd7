package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.OutputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Where the files of {@code /output} go. A program chose their names, so nothing is written outside the folder, through a
 * link, or over what is there already.
 */
final class OutputFolder {

    private final Path folder;

    private OutputFolder(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder, if it is not there: before the program runs, when there is nothing to be lost yet. */
    static OutputFolder open(String name) throws BadProgramException {
        try {
            return new OutputFolder(Files.createDirectories(Path.of(name)).toRealPath());
        } catch (FileAlreadyExistsException e) {
            throw new BadProgramException("--output " + name + " is not a directory", e);
        } catch (IOException | InvalidPathException e) {
            throw new BadProgramException("--output " + name + " cannot be made: " + e.getMessage(), e);
        }
    }

    /** Writes a file, and returns where it is. The exception's message is a clause that begins with the file's name. */
    Path save(OutputFile file) throws IOException {
        Path target = folder;
        String[] names = file.path().split("/", -1);
        for (int i = 0; i < names.length; i++) {
            target = target.resolve(single(file, names[i]));
            if (i < names.length - 1) {
                makeDirectory(file, target);
            }
        }
        try (InputStream content = file.open()) {
            Files.copy(content, target); // Makes a new file, or fails: it neither follows nor replaces what is there.
            return target;
        } catch (FileAlreadyExistsException e) {
            throw new IOException(file.path() + " was not saved: " + target + " is there already", e);
        }
    }

    /** A name on this host that is one name on it. */
    private Path single(OutputFile file, String name) throws IOException {
        try {
            Path path = folder.getFileSystem().getPath(name);
            if (!path.isAbsolute() && path.getRoot() == null && path.getNameCount() == 1 && !isSpecial(name)) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new IOException(file.path() + " was not saved: this host cannot have a file of that name", e);
        }
        throw new IOException(file.path() + " was not saved: this host cannot have a file of that name");
    }

    private static boolean isSpecial(String name) {
        return name.isEmpty() || name.equals(".") || name.equals("..");
    }

    private static void makeDirectory(OutputFile file, Path directory) throws IOException {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(file.path() + " was not saved: " + directory + " is a link, or not a directory");
            }
        } else {
            Files.createDirectory(directory);
        }
    }
}
