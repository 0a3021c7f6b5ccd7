package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A program in one line of JSON.
 *
 * @param id what its result is told apart by: any JSON value
 * @param code the program
 * @param limits what it may use
 */
record JsonLine(JsonNode id, String code, Limits limits) {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** A line that is not a program. */
    static final class BadLineException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient JsonNode id;

        BadLineException(JsonNode id, String message, @Nullable Throwable cause) {
            super(message, cause);
            this.id = id;
        }

        /** Returns the line's id, as far as it has one. */
        JsonNode id() {
            return id;
        }
    }

    /** Reads a line; what it does not say is as in {@code defaults}, and its id is then its {@code number}. */
    static JsonLine parse(byte[] line, long number, Limits defaults) throws BadLineException {
        JsonNode id = JsonNodeFactory.instance.numberNode(number);
        JsonNode root;
        try {
            root = MAPPER.readTree(line);
        } catch (JacksonException e) {
            throw new BadLineException(id, "the line is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new BadLineException(id, "the line is not a JSON object", null);
        }
        id = root.has("id") ? root.get("id") : id;
        String code = null;
        Limits limits = defaults;
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            JsonNode value = field.getValue();
            switch (field.getKey()) {
                case "id" -> {}
                case "code" -> {
                    if (!value.isString()) {
                        throw new BadLineException(id, "'code' is not a string", null);
                    }
                    code = value.stringValue();
                }
                case "limits" -> limits = limits(id, value, defaults);
                default -> throw new BadLineException(id, "there is no field '" + field.getKey() + "'", null);
            }
        }
        if (code == null) {
            throw new BadLineException(id, "'code' is missing", null);
        }
        return new JsonLine(id, code, limits);
    }

    private static Limits limits(JsonNode id, JsonNode given, Limits defaults) throws BadLineException {
        if (!given.isObject()) {
            throw new BadLineException(id, "'limits' is not a JSON object", null);
        }
        Limits.Builder limits = Limits.builder().wallTime(defaults.wallTime());
        for (Map.Entry<String, JsonNode> limit : given.properties()) {
            JsonNode value = limit.getValue();
            try {
                switch (limit.getKey()) {
                    case "timeout" -> limits.wallTime(time(value));
                    case "memory" -> limits.memory(size(value));
                    case "stdout" -> limits.stdout(size(value));
                    case "stderr" -> limits.stderr(size(value));
                    default -> throw new IllegalArgumentException("there is no such limit");
                }
            } catch (IllegalArgumentException | TypeConversionException e) {
                throw new BadLineException(id, "limit '" + limit.getKey() + "': " + e.getMessage(), e);
            }
        }
        return limits.build();
    }

    private static Duration time(JsonNode value) {
        if (!value.isString() && !value.isNumber()) {
            throw new IllegalArgumentException("neither a time such as \"1.5s\" nor a number of seconds");
        }
        return new DurationConverter().convert(value.asString());
    }

    private static ByteSize size(JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("not a number of bytes");
        }
        return ByteSize.ofBytes(value.longValue());
    }
}
