package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.RunResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** The fields of a result as one JSON object on one line, for other programs. */
final class JsonReport {

    /** A frame of the program's own code in a traceback. A session's later programs have other names. */
    private static final Pattern FRAME =
            Pattern.compile("^  File \"program\\.py\", line (\\d{1,9})", Pattern.MULTILINE);

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build())
            .build();

    private JsonReport() {}

    /** Begins an object. Closing the generator leaves the stream open. */
    static JsonGenerator begin(OutputStream out) {
        JsonGenerator json = MAPPER.createGenerator(out);
        json.writeStartObject();
        return json;
    }

    /**
     * Writes the fields.
     *
     * @param saved where files were saved; {@code null} if they were not to be: then their contents are written
     * @param unsaved why files were not saved, by path
     */
    static void write(
            JsonGenerator json,
            RunResult result,
            int exitCode,
            Limits limits,
            @Nullable Map<String, Path> saved,
            Map<String, String> unsaved)
            throws IOException {
        json.writeStringProperty("outcome", result.outcome().label());
        json.writeNumberProperty("exitCode", exitCode);
        writeError(json, result.outcome());
        json.writeStringProperty("stdout", result.stdout());
        json.writeBooleanProperty("stdoutCut", Cuts.isCut(result.stdout(), limits.stdout()));
        json.writeStringProperty("stderr", result.stderr());
        json.writeBooleanProperty("stderrCut", Cuts.isCut(result.stderr(), limits.stderr()));
        json.writeArrayPropertyStart("files");
        for (OutputFile file : result.outputFiles()) {
            json.writeStartObject();
            json.writeStringProperty("path", file.path());
            json.writeStringProperty("mediaType", file.mediaType());
            json.writeNumberProperty("size", file.size());
            if (!file.isComplete()) {
                json.writeBooleanProperty("cut", true);
            }
            Path path = saved == null ? null : saved.get(file.path());
            String problem = unsaved.get(file.path());
            if (saved == null) {
                json.writeName("base64");
                try (InputStream content = file.open()) {
                    json.writeBinary(content, -1);
                }
            } else if (path != null) {
                json.writeStringProperty("savedAs", path.toString());
            } else if (problem != null) {
                json.writeStringProperty("notSaved", problem);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberProperty("durationMs", result.duration().toMillis());
    }

    /** What went wrong, apart from what the program wrote. */
    private static void writeError(JsonGenerator json, Outcome outcome) {
        switch (outcome) {
            case Outcome.Completed _ -> {}
            case Outcome.PythonError error -> {
                json.writeObjectPropertyStart("error");
                json.writeStringProperty("type", error.type());
                json.writeStringProperty("message", error.message());
                writeTraceback(json, error.traceback());
                json.writeEndObject();
            }
            case Outcome.OutOfMemory error -> {
                json.writeObjectPropertyStart("error");
                json.writeStringProperty("message", error.detail());
                writeTraceback(json, error.traceback());
                json.writeEndObject();
            }
            default -> writeError(json, Epilogue.sentence(outcome));
        }
    }

    /** Writes an error that has a message only. */
    static void writeError(JsonGenerator json, String message) {
        json.writeObjectPropertyStart("error");
        json.writeStringProperty("message", message);
        json.writeEndObject();
    }

    private static void writeTraceback(JsonGenerator json, String traceback) {
        if (!traceback.isEmpty()) {
            json.writeStringProperty("traceback", traceback);
        }
        String line = "";
        for (Matcher frame = FRAME.matcher(traceback); frame.find(); ) {
            line = frame.group(1);
        }
        if (!line.isEmpty()) {
            json.writeNumberProperty("line", Integer.parseInt(line));
        }
    }
}
