package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.OutputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The folder that the files of {@code /output} are saved in. A program chose their names, so nothing is written outside the folder, through a
 * link, or over what is there already.
 */
final class OutputFolder {

    private static final CopyOption[] KEEP = {};
    private static final CopyOption[] REPLACE = {StandardCopyOption.REPLACE_EXISTING};

    private final Path folder;

    private OutputFolder(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder, if it is not there: before the program runs, when there is nothing to be lost yet. */
    static OutputFolder open(String name) throws BadProgramException {
        try {
            Path folder = Files.createDirectories(Path.of(name)).toRealPath();
            if (!Files.isWritable(folder)) {
                throw new BadProgramException("--output " + name + " cannot be written", null);
            }
            return new OutputFolder(folder);
        } catch (FileAlreadyExistsException e) {
            throw new BadProgramException("--output " + name + " is not a directory", e);
        } catch (IOException e) {
            throw new BadProgramException("--output " + name + " cannot be made: " + IoReason.of(e), e);
        } catch (InvalidPathException e) {
            throw new BadProgramException("--output " + name + " is not a path: " + e.getReason(), e);
        }
    }

    /**
     * Writes a file, and returns where it is. The exception's message is a clause that begins with the file's name.
     *
     * @param overwrite whether it replaces a file that is there; a link is replaced itself
     */
    Path save(OutputFile file, boolean overwrite) throws IOException {
        Path target = folder;
        String[] names = file.path().split("/", -1);
        for (int i = 0; i < names.length; i++) {
            target = target.resolve(single(file, names[i]));
            if (i < names.length - 1) {
                makeDirectory(file, target);
            }
        }
        try (InputStream content = file.open()) {
            // Makes a new file, or fails: it never follows a link.
            Files.copy(content, target, overwrite ? REPLACE : KEEP);
            return target;
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            throw new IOException(
                    file.path() + " was not saved: " + target + " is there already"
                            + (overwrite ? "" : ": --overwrite replaces it"),
                    e);
        } catch (IOException e) {
            throw new IOException(file.path() + " was not saved: " + IoReason.of(e), e);
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
