package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.AllowedDomain;
import io.github.hyperlight4j.FileMount;
import io.github.hyperlight4j.SandboxConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for the files and hosts that a program is given. */
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

    /** Adds the files and hosts to a configuration. */
    SandboxConfig.Builder configure(SandboxConfig.Builder config) throws BadProgramException {
        if (workspace != null) {
            add("--workspace", workspace, config, (to, text) -> to.workspace(Path.of(text)));
        }
        for (String mount : mounts) {
            add("--mount", mount, config, (to, text) -> to.fileMount(mount(text)));
        }
        for (String target : allowed) {
            add("--allow", target, config, (to, text) -> to.allowedDomain(allowed(text)));
        }
        return config;
    }

    /** Adds one, after trying it alone: a message then names the option that it is about. */
    private static void add(
            String option, String text, SandboxConfig.Builder config, BiConsumer<SandboxConfig.Builder, String> setter)
            throws BadProgramException {
        try {
            SandboxConfig.Builder alone = SandboxConfig.builder();
            setter.accept(alone, text);
            alone.build();
            setter.accept(config, text);
        } catch (IllegalArgumentException e) { // InvalidPathException too.
            throw new BadProgramException(option + " " + text + ": " + e.getMessage(), e);
        }
    }

    static FileMount mount(String text) {
        Matcher pair = MOUNTED.matcher(text);
        boolean isPair = pair.matches()
                && !(DRIVE.matcher(text).matches() && pair.group(1).length() == 1);
        if (isPair) {
            return FileMount.of(Path.of(pair.group(1)), pair.group(2));
        }
        Path name = Path.of(text).normalize().toAbsolutePath().normalize().getFileName();
        try {
            return FileMount.of(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + ". " + text + ":" + (name == null ? "NAME" : name) + " says where", e);
        }
    }

    static AllowedDomain allowed(String text) {
        Matcher pair = ALLOWED.matcher(text);
        return pair.matches()
                ? AllowedDomain.of(pair.group(1), Arrays.asList(pair.group(2).split(",", -1)))
                : AllowedDomain.of(text);
    }
}
