package io.github.hyperlight4j.internal.tool;

import io.github.hyperlight4j.internal.json.Json;
import io.github.hyperlight4j.internal.json.JsonException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads arguments that do not fit as what can only be meant: a number, a bool, a list or a dict that was written as text, a
 * number where text is wanted, a choice in other letters, {@code None} for a parameter that may be left out. Models write
 * such calls. What could be meant in two ways stays as it is, and is refused.
 */
final class ArgumentRepair {

    private ArgumentRepair() {}

    /**
     * {@return the arguments with such values replaced; the schema is still to be checked}
     *
     * @param arguments arguments that do not fit; not changed
     * @param schema the parameters' schema
     */
    static ObjectNode repair(ObjectNode arguments, ObjectNode schema) {
        Set<String> required = PythonTypes.required(schema);
        ObjectNode repaired = Json.object();
        for (Map.Entry<String, JsonNode> argument : arguments.properties()) {
            String name = argument.getKey();
            JsonNode value = argument.getValue();
            JsonNode parameter = PythonTypes.resolve(schema.path("properties").path(name), schema);
            if (parameter.isMissingNode() || parameter.has("anyOf") || parameter.has("oneOf")) {
                repaired.set(name, value);
            } else if (!value.isNull() || types(parameter).contains("null")) {
                repaired.set(name, repair(value, parameter));
            } else if (required.contains(name)) {
                repaired.set(name, value);
            }
        }
        return repaired;
    }

    private static JsonNode repair(JsonNode value, JsonNode schema) {
        Set<String> types = types(schema);
        if (value.isString()) {
            JsonNode read = types.contains("string")
                    ? choice(value.stringValue(), schema)
                    : written(value.stringValue().strip(), types);
            return read == null ? value : read;
        }
        return value.isNumber() && types.equals(Set.of("string"))
                ? JsonNodeFactory.instance.stringNode(value.toString())
                : value;
    }

    /** The one choice that differs in case only. */
    private static @Nullable JsonNode choice(String text, JsonNode schema) {
        List<JsonNode> alike = schema.path("enum")
                .valueStream()
                .filter(choice -> choice.isString() && choice.stringValue().equalsIgnoreCase(text))
                .toList();
        return alike.size() == 1 ? alike.getFirst() : null;
    }

    private static @Nullable JsonNode written(String text, Set<String> types) {
        String json = types.contains("boolean") ? text.toLowerCase(Locale.ROOT) : text;
        JsonNode read;
        try {
            read = Json.read(json);
        } catch (JsonException e) {
            return null;
        }
        boolean fits = switch (read.getNodeType()) {
            case NUMBER -> types.contains("number") || types.contains("integer") && read.isIntegralNumber();
            case BOOLEAN -> types.contains("boolean");
            case ARRAY -> types.contains("array");
            case OBJECT -> types.contains("object");
            case STRING, NULL, MISSING, BINARY, POJO -> false;
        };
        return fits ? read : null;
    }

    private static Set<String> types(JsonNode schema) {
        Set<String> types = new HashSet<>();
        JsonNode type = schema.path("type");
        if (type.isString()) {
            types.add(type.stringValue());
        }
        type.forEach(name -> types.add(name.asString("")));
        return types;
    }
}
