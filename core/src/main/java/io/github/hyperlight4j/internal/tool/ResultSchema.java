package io.github.hyperlight4j.internal.tool;

import com.github.victools.jsonschema.generator.SchemaBuilder;
import io.github.hyperlight4j.internal.json.Json;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The JSON Schema of what a tool returns: told to the model, not checked. Immutable. */
public final class ResultSchema {

    private static final String WHAT = "The result's";

    private final ObjectNode schema;

    private ResultSchema(ObjectNode schema) {
        this.schema = schema;
    }

    /**
     * {@return the schema}
     *
     * @param json a JSON Schema
     * @throws IllegalArgumentException if it is not one, or refers to something outside itself
     */
    public static ResultSchema of(String json) {
        ObjectNode schema = JsonSchemas.read(json, WHAT);
        JsonSchemas.compile(schema, WHAT);
        return new ResultSchema(schema);
    }

    /**
     * {@return the schema of what JSON makes of a Java type; {@code null} if that cannot be told from the type}
     *
     * @param type a Java type
     */
    public static @Nullable ResultSchema of(Type type) {
        if (type == void.class || type == Void.class) {
            return new ResultSchema(Json.object().put("type", "null"));
        }
        SchemaBuilder builder = TypeSchemas.resultBuilder();
        ObjectNode schema = builder.createSchemaReference(type);
        ObjectNode definitions = builder.collectDefinitions("$defs");
        if (schema.isEmpty()) {
            return null;
        }
        if (!definitions.isEmpty()) {
            schema.set("$defs", definitions);
        }
        return new ResultSchema(schema);
    }

    /** Returns the schema as JSON. */
    public String json() {
        return schema.toString();
    }

    ObjectNode schema() {
        return schema;
    }
}
