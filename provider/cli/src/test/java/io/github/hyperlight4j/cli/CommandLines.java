package io.github.hyperlight4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.testing.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs command lines in this JVM. */
final class CommandLines {

    /**
     * What a command line did.
     *
     * @param exitCode its exit code
     * @param out what it wrote to standard output
     * @param err what it wrote to standard error
     */
    record Result(int exitCode, String out, String err) {}

    private CommandLines() {}

    /** Returns the command that runs a command line in a JVM of its own. */
    static List<String> javaCommand(String option, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                option,
                "-cp",
                ChildJvm.classPath(),
                Main.class.getName()));
        command.addAll(arguments);
        return command;
    }

    static Result run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = Main.run(new PrintStream(out, false, UTF_8), new PrintStream(err, false, UTF_8), arguments);
        return new Result(exitCode, out.toString(UTF_8), err.toString(UTF_8));
    }
}
