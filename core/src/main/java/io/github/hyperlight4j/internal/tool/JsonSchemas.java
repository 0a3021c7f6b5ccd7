package io.github.hyperlight4j.internal.tool;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.DefaultDialectRegistry;
import com.networknt.schema.dialect.DialectRegistry;
import io.github.hyperlight4j.internal.json.Json;
import io.github.hyperlight4j.internal.json.JsonException;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads JSON Schemas that the application gives: 2020-12, or what their {@code $schema} says. */
final class JsonSchemas {

    private static final SchemaRegistryConfig CONFIG = SchemaRegistryConfig.builder()
            .locale(Locale.ROOT)
            .regularExpressionFactory(BoundedKeywords::pattern)
            .build();

    private static final DialectRegistry DIALECTS = (id, registry) ->
            BoundedKeywords.in(DefaultDialectRegistry.getInstance().getDialect(id, registry));

    /** For the schemas that describe schemas, each of which takes longer to make ready than most others. */
    private static final SchemaRegistry OF_SCHEMAS = registry();

    private JsonSchemas() {}

    /**
     * Reads a schema.
     *
     * @param json its text
     * @param what whose it is, for messages
     * @throws IllegalArgumentException if it is not an object, or refers to something outside itself
     */
    static ObjectNode read(String json, String what) {
        JsonNode node;
        try {
            node = Json.read(json);
        } catch (JsonException e) {
            throw new IllegalArgumentException(what + " JSON Schema is not JSON: " + e.getMessage());
        }
        if (!(node instanceof ObjectNode schema)) {
            throw new IllegalArgumentException(what + " JSON Schema must be an object: {\"type\": ...}");
        }
        refuseOutsideReferences(schema, what);
        return schema;
    }

    /**
     * Makes a schema of the application's ready to check values.
     *
     * @throws IllegalArgumentException if it is not a valid schema
     */
    static Schema compile(ObjectNode schema, String what) {
        try {
            List<Error> errors =
                    OF_SCHEMAS.getSchema(SchemaLocation.of(dialect(schema))).validate(schema);
            if (!errors.isEmpty()) {
                throw new IllegalArgumentException(what + " JSON Schema is not valid: "
                        + errors.getFirst().getInstanceLocation() + ": "
                        + errors.getFirst().getMessage());
            }
            return compile(schema);
        } catch (SchemaException e) {
            throw new IllegalArgumentException(what + " JSON Schema is not valid: " + e.getMessage(), e);
        }
    }

    /** Makes a schema that is known to be valid ready to check values. */
    static Schema compile(ObjectNode schema) {
        Schema validator = registry().getSchema(schema);
        validator.initializeValidators();
        return validator;
    }

    private static SchemaRegistry registry() {
        // One for each tool: a registry remembers schemas by their $id, and two tools may use the same.
        return SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemaRegistryConfig(CONFIG).dialectRegistry(DIALECTS));
    }

    private static String dialect(ObjectNode schema) {
        return schema.path("$schema").asString(SpecificationVersion.DRAFT_2020_12.getDialectId());
    }

    private static void refuseOutsideReferences(JsonNode node, String what) {
        for (String keyword : List.of("$ref", "$dynamicRef")) {
            String reference = node.path(keyword).asString("#");
            if (!reference.startsWith("#")) {
                throw new IllegalArgumentException(
                        what + " JSON Schema refers to something outside itself: " + reference);
            }
        }
        node.forEach(child -> refuseOutsideReferences(child, what));
    }
}
