package io.github.hyperlight4j.codeact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnippetTest {

    @Test
    void thePackagesExampleCompiles(@TempDir Path classes) throws IOException {
        String documentation =
                Files.readString(Path.of("src/main/java/io/github/hyperlight4j/codeact/package-info.java"));
        String snippet = documentation
                .substring(documentation.indexOf("{@snippet :") + 11, documentation.indexOf("\n * }\n"))
                .lines()
                .map(line -> line.replaceFirst("^ \\* ?", ""))
                .collect(Collectors.joining("\n"));
        String source =
                "import io.github.hyperlight4j.*;\nimport io.github.hyperlight4j.codeact.*;\nimport java.util.List;\n"
                        + "class Example { void run() {\n" + snippet + "\n} }";
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        ToolProvider.getSystemJavaCompiler()
                .getTask(
                        null,
                        null,
                        problems,
                        List.of("-d", classes.toString(), "-classpath", System.getProperty("java.class.path")),
                        null,
                        List.of(
                                new SimpleJavaFileObject(
                                        URI.create("mem:///Example.java"), JavaFileObject.Kind.SOURCE) {
                                    @Override
                                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                                        return source;
                                    }
                                }))
                .call();
        assertEquals(
                List.of(),
                problems.getDiagnostics().stream()
                        .filter(problem -> problem.getKind() == javax.tools.Diagnostic.Kind.ERROR)
                        .toList());
    }
}
