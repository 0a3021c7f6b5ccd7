package io.github.hyperlight4j.internal.tool;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** How a tool is called, in a compact form that Python programmers read: {@code name(a: int, b: list[str] = ...)}. */
final class Signature {

    private static final int LONGEST_ENUM = 20;

    private Signature() {}

    static String of(String tool, JsonNode schema) {
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asString("")));
        List<String> parameters = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            String type = type(property.getValue());
            String rest = required.contains(property.getKey())
                    ? ""
                    : " = "
                            + (property.getValue().has("default")
                                    ? literal(property.getValue().get("default"))
                                    : "...");
            parameters.add(property.getKey() + (type.isEmpty() ? "" : ": " + type) + rest);
        }
        return tool + "(" + String.join(", ", parameters) + ")";
    }

    /** A type that is not simply said is left to the schema: then it is empty. */
    private static String type(JsonNode schema) {
        if (schema.path("enum").isArray() && schema.path("enum").size() <= LONGEST_ENUM) {
            return schema.path("enum")
                    .valueStream()
                    .map(Signature::literal)
                    .collect(Collectors.joining(", ", "Literal[", "]"));
        }
        if (schema.path("type").isArray()) {
            return schema.path("type")
                    .valueStream()
                    .map(name -> simple(name.asString(""), schema))
                    .collect(Collectors.joining(" | "));
        }
        for (String choice : List.of("anyOf", "oneOf")) {
            if (schema.path(choice).isArray()) {
                List<String> types = schema.path(choice)
                        .valueStream()
                        .map(Signature::type)
                        .distinct()
                        .toList();
                return types.contains("") ? "" : String.join(" | ", types);
            }
        }
        return schema.has("$ref") ? "dict" : simple(schema.path("type").asString(""), schema);
    }

    private static String simple(String name, JsonNode schema) {
        return switch (name) {
            case "integer" -> "int";
            case "number" -> "float";
            case "string" -> "str";
            case "boolean" -> "bool";
            case "null" -> "None";
            case "object" -> "dict";
            case "array" -> {
                String element = type(schema.path("items"));
                yield element.isEmpty() ? "list" : "list[" + element + "]";
            }
            default -> "";
        };
    }

    private static String literal(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL -> "None";
            case BOOLEAN -> value.booleanValue() ? "True" : "False";
            default -> value.toString();
        };
    }
}
