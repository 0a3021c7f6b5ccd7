package io.github.hyperlight4j.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.hyperlight4j.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first request of a process loads the client and TLS, which takes seconds in a cold JVM: never on the run's thread. */
class FirstRequestTest {

    @Test
    void refusalLoadsNoClient(@TempDir Path folder) throws Exception {
        Loading loading = Loading.of("empty", folder);
        assertEquals(List.of("loaded", "This sandbox has no network: no host is allowed"), loading.printed);
        assertEquals(List.of(), loading.clientClasses("["));
    }

    @Test
    void clientIsLoadedOnAnotherThreadThanTheRuns(@TempDir Path folder) throws Exception {
        Loading loading = Loading.of("allowed", folder);
        assertEquals(List.of("loaded", "run ended"), loading.printed);
        assertEquals(false, loading.clientClasses("[").isEmpty());
        assertEquals(List.of(), loading.clientClasses(loading.runThread()));
    }

    /** The lines of the JVM's log of loaded classes, each with its thread in brackets. */
    private record Loading(List<String> printed, List<String> log) {

        static Loading of(String argument, Path folder) throws Exception {
            Path log = folder.resolve("classes.log");
            List<String> printed = ChildJvm.run(
                    FirstRequest.class,
                    List.of("-Xshare:off", "-Xlog:class+load=info:file=" + log + ":tid"),
                    List.of(argument));
            return new Loading(printed, Files.readAllLines(log));
        }

        String runThread() {
            String line = log.stream()
                    .filter(text -> text.contains("OnTheRunsThread"))
                    .findFirst()
                    .orElseThrow();
            return line.substring(0, line.indexOf(']') + 1);
        }

        List<String> clientClasses(String prefix) {
            return log.stream()
                    .filter(line -> line.startsWith(prefix))
                    .filter(line -> line.contains(" org.apache.hc.") || line.contains(" sun.security.ssl."))
                    .limit(10)
                    .toList();
        }
    }
}
