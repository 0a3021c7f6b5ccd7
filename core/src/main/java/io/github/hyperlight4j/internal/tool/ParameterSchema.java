package io.github.hyperlight4j.internal.tool;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.github.hyperlight4j.internal.json.Json;
import io.github.hyperlight4j.internal.json.JsonException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON Schema of a tool's parameters. Immutable; checks arguments on any thread. */
public final class ParameterSchema {

    private static final SchemaRegistryConfig CONFIG =
            SchemaRegistryConfig.builder().locale(Locale.ROOT).build();

    private final ObjectNode schema;
    private final Schema validator;
    private final Set<String> nullIsAbsent;

    private ParameterSchema(ObjectNode schema, Set<String> nullIsAbsent) {
        this.schema = schema;
        this.nullIsAbsent = nullIsAbsent;
        try {
            SchemaRegistry registry = registry();
            List<Error> errors =
                    registry.getSchema(SchemaLocation.of(dialect(schema))).validate(schema);
            if (!errors.isEmpty()) {
                throw new IllegalArgumentException("The parameters' JSON Schema is not valid: "
                        + errors.getFirst().getInstanceLocation() + ": "
                        + errors.getFirst().getMessage());
            }
            this.validator = registry.getSchema(schema);
            validator.initializeValidators();
        } catch (SchemaException e) {
            throw new IllegalArgumentException("The parameters' JSON Schema is not valid: " + e.getMessage(), e);
        }
    }

    /**
     * {@return the schema}
     *
     * @param json a JSON Schema that describes an object
     * @throws IllegalArgumentException if it is not one, or refers to something outside itself
     */
    public static ParameterSchema of(String json) {
        JsonNode node;
        try {
            node = Json.read(json);
        } catch (JsonException e) {
            throw new IllegalArgumentException("The parameters' JSON Schema is not JSON: " + e.getMessage());
        }
        if (!(node instanceof ObjectNode schema)
                || !"object".equals(schema.path("type").asString(""))) {
            throw new IllegalArgumentException(
                    "The parameters' JSON Schema must describe an object: {\"type\": \"object\", \"properties\": ...}");
        }
        refuseOutsideReferences(schema);
        return new ParameterSchema(schema, Set.of());
    }

    /** A schema derived from Java types: there, {@code None} for an optional parameter is as good as leaving it out. */
    static ParameterSchema derived(ObjectNode schema) {
        Set<String> optional = new LinkedHashSet<>(schema.path("properties").propertyNames());
        schema.path("required").forEach(name -> optional.remove(name.stringValue()));
        ParameterSchema derived = new ParameterSchema(schema, optional);
        derived.requireDefaultsThatFit();
        return derived;
    }

    private void requireDefaultsThatFit() {
        ObjectNode defaults = Json.object();
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            if (property.getValue().has("default")) {
                defaults.set(property.getKey(), property.getValue().get("default"));
            }
        }
        List<Error> errors = validator.validate(defaults).stream()
                .filter(error -> error.getInstanceLocation().getNameCount() > 0)
                .toList();
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException("Default values do not fit: " + SchemaProblems.describe(errors));
        }
    }

    /** Returns the schema of a tool without parameters. */
    public static ParameterSchema none() {
        ObjectNode schema = Json.object().put("type", "object");
        schema.putObject("properties");
        return derived(schema.put("additionalProperties", false));
    }

    /**
     * Checks arguments.
     *
     * @param arguments what the program gave; those that count as left out are removed
     * @throws ArgumentException if they do not fit
     */
    void check(ObjectNode arguments) throws ArgumentException {
        for (String name : nullIsAbsent) {
            if (arguments.path(name).isNull()) {
                arguments.remove(name);
            }
        }
        List<Error> errors = validator.validate(arguments);
        if (!errors.isEmpty()) {
            throw new ArgumentException(SchemaProblems.describe(errors));
        }
    }

    /** Returns the schema as JSON. */
    public String json() {
        return schema.toString();
    }

    /**
     * {@return how it is called, as Python would write it}
     *
     * @param tool the tool's name
     */
    String signature(String tool) {
        return Signature.of(tool, schema);
    }

    private static SchemaRegistry registry() {
        // One for each tool: a registry remembers schemas by their $id, and two tools may use the same.
        return SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemaRegistryConfig(CONFIG));
    }

    private static String dialect(ObjectNode schema) {
        return schema.path("$schema").asString(SpecificationVersion.DRAFT_2020_12.getDialectId());
    }

    private static void refuseOutsideReferences(JsonNode node) {
        for (String keyword : List.of("$ref", "$dynamicRef")) {
            String reference = node.path(keyword).asString("#");
            if (!reference.startsWith("#")) {
                throw new IllegalArgumentException(
                        "The parameters' JSON Schema refers to something outside itself: " + reference);
            }
        }
        node.forEach(ParameterSchema::refuseOutsideReferences);
    }
}
