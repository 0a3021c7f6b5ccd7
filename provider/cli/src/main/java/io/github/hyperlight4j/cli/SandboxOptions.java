package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.AllowedDomain;
import io.github.hyperlight4j.FileMount;
import io.github.hyperlight4j.SandboxConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which files and hosts a program is given. */
final class SandboxOptions {

    /** {@code api.example.com/v1=GET,POST}. A path may have an equals sign in it, so methods are told by their letters. */
    private static final Pattern ALLOWED = Pattern.compile("(.*)=([A-Za-z,]*)");

    /** {@code data/orders:orders}. Not the colon behind the letter of a drive. */
    private static final Pattern MOUNTED = Pattern.compile("(.+):([^:]*)");

    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:[\\\\/].*");

    @Option(names = "--workspace", paramLabel = "DIR", description = "A directory that the program can read as /input.")
    private @Nullable String workspace;

    @Option(
            names = "--mount",
            paramLabel = "HOST[:MOUNT]",
            description =
                    "A file or directory that the program can read as /input/MOUNT, or without MOUNT as /input/HOST."
                            + " Can be repeated.")
    private List<String> mounts = List.of();

    @Option(
            names = "--allow",
            paramLabel = "TARGET[=METHOD,...]",
            description = "A host, host:port or URL that the program may request. Can be repeated.")
    private List<String> allowed = List.of();

    /** Adds what was given. */
    SandboxConfig.Builder configure(SandboxConfig.Builder config) throws BadProgramException {
        try {
            if (workspace != null) {
                config.workspace(Path.of(workspace));
            }
            for (String mount : mounts) {
                config.fileMount(mount(mount));
            }
            for (String target : allowed) {
                config.allowedDomain(allowed(target));
            }
            return config;
        } catch (IllegalArgumentException e) { // InvalidPathException too.
            throw new BadProgramException(String.valueOf(e.getMessage()), e);
        }
    }

    static FileMount mount(String text) {
        Matcher pair = MOUNTED.matcher(text);
        boolean isPair = pair.matches()
                && !(DRIVE.matcher(text).matches() && pair.group(1).length() == 1);
        return isPair ? FileMount.of(path(pair.group(1)), pair.group(2)) : FileMount.of(text);
    }

    static AllowedDomain allowed(String text) {
        Matcher pair = ALLOWED.matcher(text);
        return pair.matches()
                ? AllowedDomain.of(pair.group(1), Arrays.asList(pair.group(2).split(",", -1)))
                : AllowedDomain.of(text);
    }

    private static Path path(String text) throws InvalidPathException {
        return Path.of(text);
    }
}
