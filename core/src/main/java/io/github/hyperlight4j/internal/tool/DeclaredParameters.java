package io.github.hyperlight4j.internal.tool;

import com.github.victools.jsonschema.generator.SchemaBuilder;
import io.github.hyperlight4j.ToolParameter;
import io.github.hyperlight4j.internal.json.Json;
import io.github.hyperlight4j.internal.json.JsonException;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The parameters of a tool that is declared in Java, by a record or a method: their schema, and their conversion. */
final class DeclaredParameters {

    private final List<Declared> parameters;
    private final List<Json.Conversion<@Nullable Object>> conversions;
    private final Map<String, JsonNode> defaults = new HashMap<>();
    private final ParameterSchema schema;

    private DeclaredParameters(List<Declared> parameters) {
        this.parameters = List.copyOf(parameters);
        this.conversions = parameters.stream()
                .map(parameter -> Json.conversion(parameter.type()))
                .toList();
        this.schema = ParameterSchema.derived(derive());
    }

    static DeclaredParameters of(RecordComponent[] components) {
        return new DeclaredParameters(
                Arrays.stream(components).map(Declared::of).toList());
    }

    static DeclaredParameters of(Parameter[] parameters) {
        return new DeclaredParameters(
                Arrays.stream(parameters).map(Declared::of).toList());
    }

    ParameterSchema schema() {
        return schema;
    }

    /** Reads the parameters in the order of their declaration. */
    @Nullable
    Object[] read(ObjectNode arguments) throws ArgumentException {
        @Nullable Object[] values = new @Nullable Object[parameters.size()];
        for (int i = 0; i < values.length; i++) {
            Declared parameter = parameters.get(i);
            values[i] = parameter.read(arguments, defaults.get(parameter.name()), conversions.get(i));
        }
        return values;
    }

    private ObjectNode derive() {
        ObjectNode derived = Json.object().put("type", "object");
        ObjectNode properties = derived.putObject("properties");
        List<String> required = new ArrayList<>();
        SchemaBuilder builder = TypeSchemas.builder();
        Map<Declared, ObjectNode> references = new HashMap<>();
        Set<String> names = new HashSet<>();
        for (Declared parameter : parameters) {
            if (!names.add(parameter.name())) {
                throw new IllegalArgumentException("Two parameters are called '" + parameter.name() + "'");
            }
            references.put(parameter, builder.createSchemaReference(parameter.valueType()));
            if (!parameter.optional()) {
                required.add(parameter.name());
            }
        }
        // Only now are the references filled in.
        ObjectNode definitions = builder.collectDefinitions("$defs");
        for (Declared parameter : parameters) {
            ObjectNode reference = references.get(parameter);
            if (reference != null) {
                parameter.describe(reference);
                properties.set(parameter.name(), reference);
                if (reference.has("default")) {
                    defaults.put(parameter.name(), reference.get("default"));
                }
            }
        }
        if (!required.isEmpty()) {
            required.forEach(derived.putArray("required")::add);
        }
        derived.put("additionalProperties", false);
        if (!definitions.isEmpty()) {
            derived.set("$defs", definitions);
        }
        return derived;
    }

    /**
     * One parameter.
     *
     * @param name its name in Python
     * @param type its type in Java
     * @param optional whether it can be absent
     * @param annotation its description and default value, or {@code null}
     * @param origin the place of its declaration, for messages
     */
    private record Declared(
            String name,
            Type type,
            boolean optional,
            @Nullable ToolParameter annotation,
            String origin) {

        static Declared of(RecordComponent component) {
            ToolParameter annotation = component.getAnnotation(ToolParameter.class);
            return new Declared(
                    annotation == null || annotation.name().isEmpty() ? component.getName() : annotation.name(),
                    component.getGenericType(),
                    isOptional(component.getType(), Nullability.isNullable(component), annotation),
                    annotation,
                    "component '" + component.getName() + "' of "
                            + component.getDeclaringRecord().getName());
        }

        static Declared of(Parameter parameter) {
            ToolParameter annotation = parameter.getAnnotation(ToolParameter.class);
            String origin = "parameter '" + parameter.getName() + "' of " + parameter.getDeclaringExecutable();
            String name = annotation == null ? "" : annotation.name();
            if (name.isEmpty() && !parameter.isNamePresent()) {
                throw new IllegalArgumentException("The name of " + origin
                        + " is not in its class file: compile with -parameters, or give it @ToolParameter(name = ...)");
            }
            return new Declared(
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
}
