package io.github.hyperlight4j.cli;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A program in one line of JSON.
 *
 * @param id tells the program's result apart from others: any JSON value, {@code null} if the line gives none
 * @param code the program
 * @param limits what it may use
 */
record JsonLine(JsonNode id, String code, Limits limits) {

    /** A line is read as it was meant, or refused; and nothing of its names is kept for the life of the process. */
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(100)
                            .maxNumberLength(1000)
                            .maxNameLength(1000)
                            .maxStringLength(16 << 20)
                            .build())
                    .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final int LONGEST_NAME = 100;

    /** A line that is not a program. */
    static final class BadLineException extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient JsonNode id;

        BadLineException(JsonNode id, String message, @Nullable Throwable cause) {
            super(message, cause);
            this.id = id;
        }

        /** Returns the line's id; {@code null} in JSON if it has none, or cannot be read that far. */
        JsonNode id() {
            return id;
        }
    }

    /** Reads a line. Its limits may be lower than {@code most}, which holds for what it does not say. */
    static JsonLine parse(byte[] line, Limits most) throws BadLineException {
        JsonNode id = noId();
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
        Limits limits = most;
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
                case "limits" -> limits = limits(id, value, most);
                default -> throw new BadLineException(id, "there is no field '" + shown(field.getKey()) + "'", null);
            }
        }
        if (code == null) {
            throw new BadLineException(id, "'code' is missing", null);
        }
        return new JsonLine(id, code, limits);
    }

    /** Returns the id of a line that has none. */
    static JsonNode noId() {
        return JsonNodeFactory.instance.nullNode();
    }

    private static Limits limits(JsonNode id, JsonNode given, Limits most) throws BadLineException {
        if (!given.isObject()) {
            throw new BadLineException(id, "'limits' is not a JSON object", null);
        }
        Limits.Builder limits = most.toBuilder();
        for (Map.Entry<String, JsonNode> limit : given.properties()) {
            JsonNode value = limit.getValue();
            try {
                switch (limit.getKey()) {
                    case "timeout" -> limits.wallTime(atMost(most.wallTime(), time(value)));
                    case "memory" -> limits.memory(atMost(most.memory(), size(value)));
                    case "stdout" -> limits.stdout(atMost(most.stdout(), size(value)));
                    case "stderr" -> limits.stderr(atMost(most.stderr(), size(value)));
                    default -> throw new IllegalArgumentException("there is no such limit");
                }
            } catch (IllegalArgumentException | TypeConversionException e) {
                throw new BadLineException(id, "limit '" + shown(limit.getKey()) + "': " + e.getMessage(), e);
            }
        }
        return limits.build();
    }

    private static Duration atMost(Duration most, Duration given) {
        if (given.compareTo(most) > 0) {
            throw new IllegalArgumentException("more than " + DurationConverter.format(most)
                    + ", the most that this command allows: --timeout can allow more");
        }
        return given;
    }

    private static ByteSize atMost(ByteSize most, ByteSize given) {
        if (given.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "more than " + most + ", the most that this command allows: an option of that name can allow more");
        }
        return given;
    }

    private static Duration time(JsonNode value) {
        if (!value.isString() && !value.isNumber()) {
            throw new IllegalArgumentException("neither a time such as \"1.5s\" nor a number of seconds");
        }
        return new DurationConverter().convert(shown(value.asString()));
    }

    private static ByteSize size(JsonNode value) {
        if (value.isString()) {
            return new ByteSizeConverter().convert(shown(value.stringValue()));
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("neither a size such as \"10MiB\" nor a number of bytes");
        }
        return ByteSize.ofBytes(value.longValue());
    }

    /** What comes from a line, short enough for a message. */
    private static String shown(String text) {
        return text.length() <= LONGEST_NAME ? text : text.substring(0, LONGEST_NAME) + "...";
    }
}
