package io.github.hyperlight4j.internal.tool;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** JSON Schemas as Python programmers write types: {@code list[{'item': str, 'price': float}]}. */
final class PythonTypes {

    private static final int LONGEST_ENUM = 20;
    private static final int LONGEST_TYPE = 600;
    private static final int DEEPEST = 5;

    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z0-9_.$ -]+");

    /** Where references lead. */
    private final JsonNode root;

    private final int deepest;

    private PythonTypes(JsonNode root, int deepest) {
        this.root = root;
        this.deepest = deepest;
    }

    /** Returns a schema's type; empty if it may be anything, or is not simply said. */
    static String of(JsonNode schema, JsonNode root) {
        String type = new PythonTypes(root, DEEPEST).type(schema, 0);
        return type.length() <= LONGEST_TYPE ? type : new PythonTypes(root, 0).type(schema, 0);
    }

    /** Returns whether a schema's type can be written completely. */
    static boolean isSaid(JsonNode schema, JsonNode root) {
        String type = new PythonTypes(root, DEEPEST).type(schema, 0);
        return !type.isEmpty() && type.length() <= LONGEST_TYPE;
    }

    static boolean isShort(JsonNode values) {
        return values.isArray() && values.size() <= LONGEST_ENUM;
    }

    /** Returns a value as Python writes it. */
    static String literal(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL, MISSING -> "None";
            case BOOLEAN -> value.booleanValue() ? "True" : "False";
            case ARRAY -> value.valueStream().map(PythonTypes::literal).collect(Collectors.joining(", ", "[", "]"));
            case OBJECT ->
                value.propertyStream()
                        .map(property -> key(property.getKey()) + ": " + literal(property.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case STRING, NUMBER, BINARY, POJO -> value.toString();
        };
    }

    /** Follows references to where there is something; they may go round in circles. */
    static JsonNode resolve(JsonNode schema, JsonNode root) {
        JsonNode target = schema;
        for (int i = 0; i < DEEPEST && target.path("$ref").isString(); i++) {
            String reference = target.path("$ref").stringValue();
            target = reference.equals("#")
                    ? root
                    : reference.startsWith("#/") ? root.at(reference.substring(1)) : target;
        }
        return target;
    }

    private String type(JsonNode unresolved, int depth) {
        JsonNode schema = resolve(unresolved, root);
        if (isShort(schema.path("enum"))) {
            return schema.path("enum")
                    .valueStream()
                    .map(PythonTypes::literal)
                    .collect(Collectors.joining(", ", "Literal[", "]"));
        }
        if (schema.has("const")) {
            return "Literal[" + literal(schema.get("const")) + "]";
        }
        if (schema.path("type").isArray()) {
            return schema.path("type")
                    .valueStream()
                    .map(name -> simple(name.asString(""), schema, depth))
                    .collect(Collectors.joining(" | "));
        }
        for (String choice : List.of("anyOf", "oneOf")) {
            if (schema.path(choice).isArray()) {
                return depth >= DEEPEST ? "" : union(schema.path(choice), depth);
            }
        }
        return simple(schema.path("type").asString(""), schema, depth);
    }

    private String union(JsonNode choices, int depth) {
        List<String> types = choices.valueStream()
                .map(choice -> type(choice, depth + 1))
                .distinct()
                .sorted(Comparator.comparing("None"::equals)) // Last, as one writes it.
                .toList();
        return types.contains("") ? "" : String.join(" | ", types);
    }

    private String simple(String name, JsonNode schema, int depth) {
        return switch (name) {
            case "integer" -> "int";
            case "number" -> "float";
            case "string" -> "str";
            case "boolean" -> "bool";
            case "null" -> "None";
            case "object" -> depth >= deepest ? "dict" : dict(schema, depth);
            case "array" -> {
                String element = depth >= DEEPEST ? "" : type(schema.path("items"), depth + 1);
                yield element.isEmpty() ? "list" : "list[" + element + "]";
            }
            default -> "";
        };
    }

    private String dict(JsonNode schema, int depth) {
        Set<Map.Entry<String, JsonNode>> properties = schema.path("properties").properties();
        if (properties.isEmpty()) {
            String value = type(schema.path("additionalProperties"), depth + 1);
            return value.isEmpty() ? "dict" : "dict[str, " + value + "]";
        }
        Set<String> required = required(schema);
        return properties.stream()
                .map(property -> key(property.getKey())
                        + (required.contains(property.getKey()) ? ": " : "?: ")
                        + orAny(type(property.getValue(), depth + 1)))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    static Set<String> required(JsonNode schema) {
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asString("")));
        return required;
    }

    private static String orAny(String type) {
        return type.isEmpty() ? "Any" : type;
    }

    private static String key(String name) {
        return PLAIN_KEY.matcher(name).matches() ? "'" + name + "'" : "\"" + escape(name) + "\"";
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\' || c < ' ') {
                escaped.append("\\x%02x".formatted(c));
            } else {
                escaped.append((char) c);
            }
        });
        return escaped.toString();
    }
}
