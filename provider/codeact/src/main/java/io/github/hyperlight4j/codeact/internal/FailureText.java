package io.github.hyperlight4j.codeact.internal;

import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Details of a failure for the model, so that it can repair its code. Python prints for a person at a terminal;
 * this adds the line of the model's own code and the signature of the tool that failed, and leaves out what only fills
 * the context. The code and its exceptions may say anything, so all that is read out of them here is for the reader only.
 */
final class FailureText {

    /** In a long traceback, the first lines say how the code got there, and the last ones what happened. */
    private static final int FIRST_LINES = 8;

    private static final int LAST_LINES = 24;
    private static final int LONGEST_LINE = 1000;
    private static final int LONGEST_STDERR = 8000;

    private static final Pattern OWN_FRAME =
            Pattern.compile("^[ |+-]*File \"program\\.py\", line (\\d{1,9})", Pattern.MULTILINE);
    private static final Pattern TOOL = Pattern.compile("^Tool '([A-Za-z0-9_-]{1,64})'");

    private FailureText() {}

    /**
     * {@return the details of a failure; not blank}
     *
     * @param outcome the outcome of a run that did not succeed
     * @param stderr its standard error
     * @param code its code
     * @param tools its tools
     */
    static String of(Outcome outcome, String stderr, String code, List<Tool> tools) {
        String written = stderr.replace("\r\n", "\n").strip();
        String reason = reason(outcome, written, code, tools);
        return written.isEmpty() ? reason : end(written) + "\n" + reason;
    }

    private static String reason(Outcome outcome, String stderr, String code, List<Tool> tools) {
        return switch (outcome) {
            case Outcome.PythonError error -> pythonError(error, code, tools);
            case Outcome.Completed completed -> Texts.exitCode(completed.exitCode(), stderr.isEmpty());
            case Outcome.TimedOut timedOut -> Texts.timedOut(timedOut.limit());
            case Outcome.OutOfMemory outOfMemory ->
                located("MemoryError", outOfMemory.traceback(), code) + Texts.outOfMemory(outOfMemory.detail());
            case Outcome.OutputLimit exceeded -> Texts.outputLimit(exceeded.stream(), exceeded.limit());
            case Outcome.ToolCallLimit exceeded -> Texts.toolCallLimit(exceeded.limit());
            case Outcome.Cancelled cancelled -> Texts.cancelled();
            case Outcome.Crashed crashed -> Texts.crashed(crashed.reason());
        };
    }

    private static String pythonError(Outcome.PythonError error, String code, List<Tool> tools) {
        StringBuilder text = new StringBuilder(located(error.type(), error.traceback(), code));
        text.append(shorten(error.traceback().strip()));
        if (error.type().endsWith("ToolError") && !error.message().contains("Signature:")) {
            Matcher named = TOOL.matcher(error.message());
            if (named.find()) {
                tools.stream()
                        .filter(tool -> tool.name().equals(named.group(1)))
                        .forEach(tool -> text.append('\n').append(Texts.signature(tool)));
            }
        }
        return text.toString();
    }

    /** The last line of the code's own that was on the way to the exception. */
    private static String located(String type, String traceback, String code) {
        Matcher frame = OWN_FRAME.matcher(traceback);
        int number = 0;
        while (frame.find()) {
            number = Integer.parseInt(frame.group(1));
        }
        List<String> lines = code.lines().toList();
        return number < 1 || number > lines.size()
                ? ""
                : Texts.failedAt(type, number, cut(lines.get(number - 1).strip())) + "\n";
    }

    private static String shorten(String traceback) {
        List<String> lines = traceback.lines().map(FailureText::cut).toList();
        if (lines.size() <= FIRST_LINES + LAST_LINES) {
            return String.join("\n", lines);
        }
        List<String> kept = new ArrayList<>(lines.subList(0, FIRST_LINES));
        kept.add(Texts.leftOut(lines.size() - FIRST_LINES - LAST_LINES));
        kept.addAll(lines.subList(lines.size() - LAST_LINES, lines.size()));
        return String.join("\n", kept);
    }

    private static String end(String stderr) {
        return stderr.length() <= LONGEST_STDERR
                ? stderr
                : Texts.CUT + stderr.substring(stderr.length() - LONGEST_STDERR);
    }

    private static String cut(String line) {
        return line.length() <= LONGEST_LINE ? line : line.substring(0, LONGEST_LINE) + Texts.CUT;
    }
}
