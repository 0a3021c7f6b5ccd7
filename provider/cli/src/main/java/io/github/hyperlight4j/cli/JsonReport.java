package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.RunResult;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A result for other programs: one JSON object on one line. */
final class JsonReport {

    private JsonReport() {}

    /**
     * Returns the report.
     *
     * @param epilogue what the command line adds to standard error
     * @param saved where files were saved; {@code null} if they were not to be: then the report has their content
     */
    static String of(RunResult result, int exitCode, String epilogue, @Nullable Map<String, Path> saved) {
        return node(result, exitCode, epilogue, saved).toString();
    }

    static ObjectNode node(RunResult result, int exitCode, String epilogue, @Nullable Map<String, Path> saved) {
        ObjectNode report = JsonMapper.shared()
                .createObjectNode()
                .put("outcome", result.outcome().label())
                .put("exitCode", exitCode)
                .put("stdout", result.stdout())
                .put("stderr", result.stderr() + epilogue);
        ArrayNode files = report.putArray("files");
        for (OutputFile file : result.outputFiles()) {
            ObjectNode entry = files.addObject()
                    .put("path", file.path())
                    .put("mediaType", file.mediaType())
                    .put("size", file.size());
            Path path = saved == null ? null : saved.get(file.path());
            if (saved == null) {
                entry.put("base64", file.bytes());
            } else if (path != null) {
                entry.put("savedAs", path.toString());
            }
        }
        return report.put("durationMs", result.duration().toMillis());
    }
}
