package io.github.hyperlight4j.internal.tool;

import io.github.hyperlight4j.ToolParameter;
import io.github.hyperlight4j.internal.json.Json;
import io.github.hyperlight4j.internal.json.JsonException;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A parameter that is declared in Java.
 *
 * @param name its name in Python
 * @param type its type in Java
 * @param optional whether it can be left out
 * @param annotation its description and default value, or {@code null}
 * @param origin where it is declared, for messages
 */
record ToolParameterSpec(
        String name, Type type, boolean optional, @Nullable ToolParameter annotation, String origin) {

    static ToolParameterSpec of(RecordComponent component) {
        ToolParameter annotation = component.getAnnotation(ToolParameter.class);
        return new ToolParameterSpec(
                annotation == null || annotation.name().isEmpty() ? component.getName() : annotation.name(),
                component.getGenericType(),
                isOptional(component.getType(), Nullability.isNullable(component), annotation),
                annotation,
                "component '" + component.getName() + "' of "
                        + component.getDeclaringRecord().getName());
    }

    static ToolParameterSpec of(Parameter parameter) {
        ToolParameter annotation = parameter.getAnnotation(ToolParameter.class);
        String origin = "parameter '" + parameter.getName() + "' of " + parameter.getDeclaringExecutable();
        String name = annotation == null ? "" : annotation.name();
        if (name.isEmpty() && !parameter.isNamePresent()) {
            throw new IllegalArgumentException("The name of " + origin
                    + " is not in its class file: compile with -parameters, or give it @ToolParameter(name = ...)");
        }
        return new ToolParameterSpec(
                name.isEmpty() ? parameter.getName() : name,
                parameter.getParameterizedType(),
                isOptional(parameter.getType(), Nullability.isNullable(parameter), annotation),
                annotation,
                origin);
    }

    private static boolean isOptional(Class<?> type, boolean nullable, @Nullable ToolParameter annotation) {
        return nullable
                || Nullability.isOptional(type)
                || (annotation != null && !annotation.defaultValue().isEmpty());
    }

    /** The type that the schema describes: the optional's content. */
    Type valueType() {
        return type instanceof ParameterizedType optional && optional.getRawType() == Optional.class
                ? optional.getActualTypeArguments()[0]
                : type;
    }

    /** Completes the schema of the type to that of the parameter. */
    void describe(ObjectNode schema) {
        if (annotation == null) {
            return;
        }
        if (!annotation.value().isEmpty()) {
            schema.put("description", annotation.value());
        }
        JsonNode defaultValue = defaultValue(schema);
        if (defaultValue != null) {
            schema.set("default", defaultValue);
        }
    }

    /** Reads this parameter from arguments that fit the schema. */
    @Nullable
    Object read(ObjectNode arguments, @Nullable JsonNode defaultValue, Json.Conversion<@Nullable Object> conversion)
            throws ArgumentException {
        JsonNode given = arguments.get(name);
        JsonNode value =
                given != null ? given : defaultValue != null ? defaultValue : JsonNodeFactory.instance.nullNode();
        try {
            return conversion.convert(value);
        } catch (JsonException e) {
            throw new ArgumentException("parameter '" + name + "' cannot be read as " + typeName(), e);
        }
    }

    private String typeName() {
        return valueType() instanceof Class<?> simple
                ? simple.getSimpleName()
                : valueType().getTypeName();
    }

    private @Nullable JsonNode defaultValue(ObjectNode schema) {
        String text = annotation == null ? "" : annotation.defaultValue();
        if (text.isEmpty()) {
            return null;
        }
        boolean isText = "string".equals(schema.path("type").asString(""));
        JsonNode value;
        if (isText && !text.startsWith("\"")) {
            value = JsonNodeFactory.instance.stringNode(text);
        } else {
            try {
                value = Json.read(text);
            } catch (JsonException e) {
                throw new IllegalArgumentException("The default value of " + origin + " is not JSON: " + text, e);
            }
        }
        try {
            Json.convert(value, type);
        } catch (JsonException e) {
            throw new IllegalArgumentException(
                    "The default value of " + origin + " is not a " + typeName() + ": " + text, e);
        }
        return value;
    }
}
