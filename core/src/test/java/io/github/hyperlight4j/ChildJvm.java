package io.github.hyperlight4j;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A JVM of its own, for what concerns a whole process. It tries to load a guest from one folder after the other, and
 * prints what happened: a line for each.
 */
final class ChildJvm {

    private ChildJvm() {}

    /** Runs it on the class path, with these options; returns the lines that it printed. */
    static List<String> load(List<String> options, List<Path> runtimes) throws IOException, InterruptedException {
        Process process = start(options, runtimes);
        List<String> lines = new String(process.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .toList();
        if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("The JVM ended with " + process.exitValue() + ": " + lines);
        }
        return lines;
    }

    /** Starts it, and does not wait for it. */
    static Process start(List<String> options, List<Path> runtimes) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), ChildJvm.class.getName()));
        runtimes.forEach(runtime -> command.add(runtime.toString()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The program of that JVM. */
    public static void main(String[] runtimes) {
        for (String runtime : runtimes) {
            System.out.println(load(Path.of(runtime)));
        }
    }

    private static String load(Path runtime) {
        try (Guest _ = Guest.load(runtime)) {
            return "loaded";
        } catch (HyperlightException e) {
            return e.code() + " " + e.getMessage();
        }
    }

    /** Surefire puts the modules on the module path, and the tests into one of them. */
    private static String classPath() {
        @Nullable String modules = System.getProperty("jdk.module.path");
        List<String> entries = new ArrayList<>();
        entries.add(Path.of("target", "test-classes").toAbsolutePath().toString());
        if (modules != null) {
            entries.add(modules);
        }
        entries.add(System.getProperty("java.class.path"));
        return String.join(File.pathSeparator, entries);
    }
}
