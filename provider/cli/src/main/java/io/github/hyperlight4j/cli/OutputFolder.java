package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.OutputFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** The folder of {@code --output}, for the files of {@code /output}. */
final class OutputFolder {

    private final Path folder;
    private final CopyOption[] options;

    private OutputFolder(Path folder, boolean overwrite) {
        this.folder = folder;
        this.options = overwrite ? new CopyOption[] {StandardCopyOption.REPLACE_EXISTING} : new CopyOption[0];
    }

    /**
     * Makes the folder, if it does not exist, and checks that files can be made in it: before the program runs, when there is
     * nothing to be lost yet.
     *
     * @param name the folder
     * @param overwrite whether files that are there may be replaced
     */
    static OutputFolder open(String name, boolean overwrite) throws BadProgramException {
        Path folder;
        try {
            folder = Files.createDirectories(Path.of(name)).toRealPath();
        } catch (FileAlreadyExistsException e) {
            throw new BadProgramException("--output " + name + " is not a directory", e);
        } catch (IOException e) {
            throw new BadProgramException("--output " + name + " cannot be made: " + reason(e), e);
        } catch (InvalidPathException e) {
            throw new BadProgramException("--output " + name + " cannot be a path: " + e.getReason(), e);
        }
        if (!Files.isWritable(folder)) {
            throw new BadProgramException("--output " + name + " is not writable", null);
        }
        return new OutputFolder(folder, overwrite);
    }

    /** Writes a file, and returns its path. The exception's message is a clause that begins with the file's path. */
    Path save(OutputFile file) throws IOException {
        try {
            return file.copyInto(folder, options);
        } catch (FileAlreadyExistsException e) {
            String what = e.getReason() == null ? " is there already" : " " + e.getReason();
            throw new IOException(file.path() + " was not saved: " + e.getFile() + what, e);
        } catch (IOException e) {
            throw new IOException(file.path() + " was not saved: " + reason(e), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file.path() + " was not saved: this host cannot have a file of that name", e);
        }
    }

    /** Returns what went wrong, in words: the message of some exceptions is a path and nothing else. */
    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no " + missing.getFile();
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            case FileSystemException named
            when named.getReason() != null -> named.getFile() + ": " + Objects.requireNonNull(named.getReason());
            default -> e.toString();
        };
    }
}
