package io.github.hyperlight4j.internal.tool;

import io.github.hyperlight4j.ToolSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Derives the signature of a tool in Python: {@code name(a: int, b: list[str] = ...)}. */
final class Signature {

    /** Constraints that are written beside a type, in this order. */
    private static final List<String> CONSTRAINTS = List.of(
            "format",
            "contentEncoding",
            "minimum",
            "exclusiveMinimum",
            "maximum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "pattern",
            "minItems",
            "maxItems",
            "uniqueItems");

    /** Keywords that the Python type expresses, or that have no meaning for a caller. */
    private static final Set<String> IN_THE_TYPE =
            Set.of("type", "const", "items", "properties", "required", "additionalProperties", "title", "$ref");

    private Signature() {}

    static ToolSignature of(String tool, JsonNode schema, @Nullable JsonNode result) {
        Set<String> required = PythonTypes.required(schema);
        List<ToolSignature.Parameter> parameters = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            parameters.add(
                    parameter(property.getKey(), property.getValue(), required.contains(property.getKey()), schema));
        }
        return new ToolSignature(tool, parameters, result == null ? Optional.empty() : type(result, result));
    }

    private static ToolSignature.Parameter parameter(String name, JsonNode schema, boolean required, JsonNode root) {
        JsonNode resolved = PythonTypes.resolve(schema, root);
        return new ToolSignature.Parameter(
                name,
                type(schema, root),
                required,
                Optional.ofNullable(schema.get("default")).map(PythonTypes::literal),
                CONSTRAINTS.stream()
                        .filter(resolved::has)
                        .map(keyword -> keyword + " " + text(resolved.path(keyword)))
                        .collect(Collectors.joining(", ")),
                schema.path("description").asString(resolved.path("description").asString("")),
                isComplete(schema, root));
    }

    private static Optional<String> type(JsonNode schema, JsonNode root) {
        return Optional.of(PythonTypes.of(schema, root)).filter(type -> !type.isEmpty());
    }

    private static String text(JsonNode value) {
        return value.isString() ? value.stringValue() : value.toString();
    }

    /** Returns whether type, constraints, description and default express the whole schema. */
    private static boolean isComplete(JsonNode schema, JsonNode root) {
        JsonNode resolved = PythonTypes.resolve(schema, root);
        return PythonTypes.isSaid(schema, root)
                && resolved.propertyNames().stream()
                        .allMatch(keyword -> keyword.equals("description")
                                || keyword.equals("default")
                                || CONSTRAINTS.contains(keyword)
                                || isInTheType(keyword, resolved))
                && partsAreInTheType(resolved, root, 0);
    }

    private static boolean isInTheType(String keyword, JsonNode schema) {
        return switch (keyword) {
            case "anyOf", "oneOf" ->
                !schema.has("type") && !schema.has("enum") && !(schema.has("anyOf") && schema.has("oneOf"));
            case "enum" -> PythonTypes.isShort(schema.path("enum"));
            default -> IN_THE_TYPE.contains(keyword);
        };
    }

    private static boolean partsAreInTheType(JsonNode schema, JsonNode root, int depth) {
        return parts(schema).stream().allMatch(part -> {
            JsonNode resolved = PythonTypes.resolve(part, root);
            return depth < 3
                    && resolved.propertyNames().stream().allMatch(keyword -> isInTheType(keyword, resolved))
                    && partsAreInTheType(resolved, root, depth + 1);
        });
    }

    private static List<JsonNode> parts(JsonNode schema) {
        List<JsonNode> parts = new ArrayList<>();
        schema.path("properties").forEach(parts::add);
        schema.path("anyOf").forEach(parts::add);
        schema.path("oneOf").forEach(parts::add);
        for (String keyword : List.of("items", "additionalProperties")) {
            if (schema.path(keyword).isObject()) {
                parts.add(schema.path(keyword));
            }
        }
        return parts;
    }
}
