package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.RunResult;
import java.util.ArrayList;
import java.util.List;

/** The parts of a result that a limit cut. */
final class Cuts {

    private Cuts() {}

    /** Returns a clause for each part of a result that is not whole. */
    static List<String> of(RunResult result, Limits limits) {
        List<String> cuts = new ArrayList<>();
        if (isCut(result.stdout(), limits.stdout())) {
            cuts.add("standard output was cut at " + limits.stdout() + ": --stdout allows more");
        }
        if (isCut(result.stderr(), limits.stderr())) {
            cuts.add("standard error was cut at " + limits.stderr() + ": --stderr allows more");
        }
        for (OutputFile file : result.outputFiles()) {
            if (!file.isComplete()) {
                cuts.add("/output/" + file.path() + " was cut at " + ByteSize.ofBytes(file.size())
                        + ": --output-size allows more");
            }
        }
        return cuts;
    }

    /** Whether a limit cut off text: then it has the mark, behind as much as the limit allows. */
    static boolean isCut(String text, ByteSize limit) {
        return text.endsWith("[output cut: the limit is " + limit + "]\n") && sizeInUtf8(text) > limit.bytes();
    }

    private static long sizeInUtf8(String text) {
        long size = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            size += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return size;
    }
}
