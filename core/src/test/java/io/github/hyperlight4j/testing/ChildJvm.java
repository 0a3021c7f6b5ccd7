package io.github.hyperlight4j.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A JVM of its own, for what concerns a whole process: it runs a class of the tests. */
public final class ChildJvm {

    private ChildJvm() {}

    /** Runs a class on the class path, with options of the JVM; returns the lines that it printed. */
    public static List<String> run(Class<?> program, List<String> options, List<String> arguments)
            throws IOException, InterruptedException {
        Process process = start(program, options, arguments);
        List<String> lines = new String(process.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .toList();
        if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("The JVM ended with " + process.exitValue() + ": " + lines);
        }
        return lines;
    }

    /** Starts it, and does not wait for it. */
    public static Process start(Class<?> program, List<String> options, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath(), program.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Returns the class path. Surefire puts the modules on the module path, and the tests into one of them. */
    public static String classPath() {
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
