package io.github.hyperlight4j.bench.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.testing.RequiresVm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in README.md compiles, and prints what README.md says. */
@RequiresVm
class ReadmeVmTest {

    private static final Path README = Path.of("..", "README.md");

    @TempDir
    private Path folder;

    @Test
    void firstExamplePrintsTheTextAfterIt() throws IOException, InterruptedException {
        String readme = Files.readString(README);
        Path source = Files.writeString(folder.resolve("Example.java"), block(readme, "java"));
        assertEquals("", run("javac", "-parameters", "-cp", classPath(), "-d", folder.toString(), source.toString()));
        String classes = folder + File.pathSeparator + classPath();
        String printed = run("java", "--enable-native-access=ALL-UNNAMED", "-cp", classes, "Example");
        assertEquals(block(readme.substring(readme.indexOf("```java")), "text"), printed);
    }

    /** Runs a program of this JDK that must succeed, and returns what it printed. */
    private static String run(String program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addFirst(
                Path.of(System.getProperty("java.home"), "bin", program).toString());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), printed);
        return printed;
    }

    private static String block(String markdown, String language) {
        Matcher matcher = Pattern.compile("(?s)```" + language + "\\R(.*?)```").matcher(markdown);
        assertTrue(matcher.find(), () -> "README.md has no block of " + language);
        return matcher.group(1);
    }

    /** Surefire puts the modules on the module path. */
    private static String classPath() {
        return String.join(
                File.pathSeparator,
                List.of(System.getProperty("jdk.module.path", ""), System.getProperty("java.class.path")));
    }
}
