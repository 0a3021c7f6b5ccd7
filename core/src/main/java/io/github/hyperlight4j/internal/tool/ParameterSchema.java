package io.github.hyperlight4j.internal.tool;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import io.github.hyperlight4j.ToolSignature;
import io.github.hyperlight4j.internal.json.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON Schema of a tool's parameters. Immutable; checks arguments on any thread. */
public final class ParameterSchema {

    private static final String WHAT = "The parameters'";

    private final ObjectNode schema;
    private final Schema validator;
    private final LenientArguments lenient;

    private ParameterSchema(ObjectNode schema, Schema validator, Set<String> nullIsAbsent) {
        this.schema = schema;
        this.validator = validator;
        this.lenient = new LenientArguments(validator, nullIsAbsent);
    }

    /**
     * {@return the schema}
     *
     * @param json a JSON Schema that describes an object
     * @throws IllegalArgumentException if it is not one, or refers to something outside itself
     */
    public static ParameterSchema of(String json) {
        ObjectNode schema = JsonSchemas.read(json, WHAT);
        if (!"object".equals(schema.path("type").asString(""))) {
            throw new IllegalArgumentException(
                    "The parameters' JSON Schema must describe an object: {\"type\": \"object\", \"properties\": ...}");
        }
        return new ParameterSchema(schema, JsonSchemas.compile(schema, WHAT), Set.of());
    }

    /** A schema derived from Java types: there, {@code None} for an optional parameter is as good as leaving it out. */
    static ParameterSchema derived(ObjectNode schema) {
        Set<String> optional = new LinkedHashSet<>(schema.path("properties").propertyNames());
        schema.path("required").forEach(name -> optional.remove(name.stringValue()));
        ParameterSchema derived = new ParameterSchema(schema, JsonSchemas.compile(schema), optional);
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
     * {@return arguments that fit, without those that count as absent}
     *
     * @param arguments what the program gave; changed
     * @throws ArgumentException if they do not fit, and there is not one way to understand them
     */
    ObjectNode check(ObjectNode arguments) throws ArgumentException {
        lenient.removeNulls(arguments);
        List<Error> errors = Validation.problems(validator, arguments);
        if (errors.isEmpty()) {
            return arguments;
        }
        String problem = SchemaProblems.describe(errors);
        ObjectNode inner = LenientArguments.unwrap(arguments, schema);
        ObjectNode fitting = lenient.fit(inner != null ? inner : arguments);
        if (fitting == null) {
            throw new ArgumentException(problem);
        }
        return fitting;
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
        return signature(tool, null).toString();
    }

    /**
     * {@return how it is called and what it returns, as Python would write it}
     *
     * @param tool the tool's name
     * @param result what it returns, or {@code null}
     */
    public ToolSignature signature(String tool, @Nullable ResultSchema result) {
        return Signature.of(tool, schema, result == null ? null : result.schema());
    }
}
