package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.RunResult;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A result for other programs: one JSON object on one line. */
final class JsonReport {

    private JsonReport() {}

    /** Returns the report; {@code epilogue} is what the command line adds to standard error. */
    static String of(RunResult result, int exitCode, String epilogue) {
        return node(result, exitCode, epilogue).toString();
    }

    static ObjectNode node(RunResult result, int exitCode, String epilogue) {
        ObjectNode report = JsonMapper.shared()
                .createObjectNode()
                .put("outcome", name(result.outcome()))
                .put("exitCode", exitCode)
                .put("stdout", result.stdout())
                .put("stderr", result.stderr() + epilogue);
        report.putArray("files");
        return report.put("durationMs", result.duration().toMillis());
    }

    private static String name(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed _ -> "completed";
            case Outcome.PythonError _ -> "python_error";
            case Outcome.TimedOut _ -> "timed_out";
            case Outcome.OutOfMemory _ -> "out_of_memory";
            case Outcome.OutputLimit _ -> "output_limit";
            case Outcome.ToolCallLimit _ -> "tool_call_limit";
            case Outcome.Crashed _ -> "crashed";
            case Outcome.Cancelled _ -> "cancelled";
        };
    }
}
