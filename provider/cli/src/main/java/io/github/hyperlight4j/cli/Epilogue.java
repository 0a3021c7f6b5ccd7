package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.Outcome;

/** The end of standard error: a traceback as Python prints it, or the reason for which the program was ended. */
final class Epilogue {

    private Epilogue() {}

    /** Returns whole lines; none for a program that ended by itself. */
    static String of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed _ -> "";
            case Outcome.PythonError error -> line(error.traceback());
            case Outcome.OutOfMemory error when !error.traceback().isEmpty() -> line(error.traceback());
            default -> "hyperlight4j: " + sentence(outcome) + "\n";
        };
    }

    /** Returns what happened, in a line. */
    static String sentence(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed completed -> "the program ended with exit code " + completed.exitCode();
            case Outcome.PythonError error -> error.type() + ": " + error.message();
            case Outcome.TimedOut timedOut ->
                "the program was stopped after " + DurationConverter.format(timedOut.limit());
            case Outcome.OutOfMemory error -> "the program used up the micro-VM's memory: " + error.detail();
            case Outcome.OutputLimit limit ->
                "the program was stopped, for it wrote more than " + limit.limit() + " to " + limit.stream();
            case Outcome.ToolCallLimit limit ->
                "the program was stopped, for it called tools more than " + limit.limit() + " times";
            case Outcome.Crashed crashed ->
                "the program crashed the micro-VM: " + crashed.reason()
                        + ". Deep recursion in C code, as in json.dumps of data nested over about a thousand levels, is"
                        + " the usual cause";
            case Outcome.Cancelled _ -> "the program was stopped from outside";
        };
    }

    private static String line(String text) {
        return text.endsWith("\n") ? text : text + "\n";
    }
}
