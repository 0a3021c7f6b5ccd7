package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.OutputFile;
import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The folder of {@code --output}, in which the files of {@code /output} are saved. */
final class OutputFolder {

    private static final CopyOption[] KEEP = {};
    private static final CopyOption[] REPLACE = {StandardCopyOption.REPLACE_EXISTING};

    private final Path folder;

    private OutputFolder(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder, if it does not exist, before the program runs: when there is nothing to be lost yet. */
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
     * Writes a file, and returns its path. The exception's message is a clause that begins with the file's path.
     *
     * @param overwrite whether it replaces a file that is there; a link is replaced itself
     */
    Path save(OutputFile file, boolean overwrite) throws IOException {
        try {
            return file.copyInto(folder, overwrite ? REPLACE : KEEP);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    file.path() + " was not saved: " + e.getFile() + " is there already"
                            + (overwrite ? ", and is a directory" : ": --overwrite replaces it"),
                    e);
        } catch (IOException e) {
            throw new IOException(file.path() + " was not saved: " + IoReason.of(e), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file.path() + " was not saved: this host cannot have a file of that name", e);
        }
    }
}
