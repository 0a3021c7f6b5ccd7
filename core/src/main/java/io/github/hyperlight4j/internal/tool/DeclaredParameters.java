package io.github.hyperlight4j.internal.tool;

import com.github.victools.jsonschema.generator.SchemaBuilder;
import io.github.hyperlight4j.internal.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The parameters of a tool that is declared in Java, by a record or a method: their schema, and how they are read. */
final class DeclaredParameters {

    private final List<ToolParameterSpec> parameters;
    private final List<Json.Conversion<@Nullable Object>> conversions;
    private final Map<String, JsonNode> defaults = new HashMap<>();
    private final ParameterSchema schema;

    DeclaredParameters(List<ToolParameterSpec> parameters) {
        this.parameters = List.copyOf(parameters);
        this.conversions = parameters.stream()
                .map(parameter -> Json.conversion(parameter.type()))
                .toList();
        this.schema = ParameterSchema.derived(derive());
    }

    ParameterSchema schema() {
        return schema;
    }

    /** Reads the parameters in the order of their declaration. */
    @Nullable
    Object[] read(ObjectNode arguments) throws ArgumentException {
        @Nullable Object[] values = new @Nullable Object[parameters.size()];
        for (int i = 0; i < values.length; i++) {
            ToolParameterSpec parameter = parameters.get(i);
            values[i] = parameter.read(arguments, defaults.get(parameter.name()), conversions.get(i));
        }
        return values;
    }

    private ObjectNode derive() {
        ObjectNode derived = Json.object().put("type", "object");
        ObjectNode properties = derived.putObject("properties");
        List<String> required = new ArrayList<>();
        SchemaBuilder builder = TypeSchemas.builder();
        Map<ToolParameterSpec, ObjectNode> references = new HashMap<>();
        Set<String> names = new HashSet<>();
        for (ToolParameterSpec parameter : parameters) {
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
        for (ToolParameterSpec parameter : parameters) {
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
}
