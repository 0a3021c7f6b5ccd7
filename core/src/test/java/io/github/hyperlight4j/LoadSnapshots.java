package io.github.hyperlight4j;

import io.github.hyperlight4j.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** In a JVM of its own: tries to load a guest from one folder after the other, and prints what happened, a line for each. */
final class LoadSnapshots {

    private LoadSnapshots() {}

    /** Runs it with these options of the JVM; returns the lines. */
    static List<String> run(List<String> options, List<Path> runtimes) throws IOException, InterruptedException {
        return ChildJvm.run(LoadSnapshots.class, options, arguments(runtimes));
    }

    /** Starts it, and does not wait for it. */
    static Process start(List<String> options, List<Path> runtimes) throws IOException {
        return ChildJvm.start(LoadSnapshots.class, options, arguments(runtimes));
    }

    private static List<String> arguments(List<Path> runtimes) {
        return runtimes.stream().map(Path::toString).toList();
    }

    /** The program of that JVM. */
    public static void main(String[] runtimes) {
        for (String runtime : runtimes) {
            System.out.println(load(Path.of(runtime)));
        }
    }

    private static String load(Path runtime) {
        try (Snapshot _ = Snapshot.load(runtime)) {
            return "loaded";
        } catch (HyperlightException e) {
            return e.code() + " " + e.getMessage();
        }
    }
}
