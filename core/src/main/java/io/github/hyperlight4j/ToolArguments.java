package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.json.Json;
import io.github.hyperlight4j.internal.json.JsonException;
import java.lang.reflect.Type;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The keyword arguments of one tool call, which fit the tool's JSON Schema. Immutable.
 *
 * <p>Where no Java type is asked for, Python's values are {@code Boolean}, {@code Long} or, beyond 64 bits,
 * {@code BigInteger}, {@code Double}, {@code String}, {@code List}, {@code Map} and {@code null}.
 */
public final class ToolArguments {

    private final ObjectNode arguments;

    ToolArguments(ObjectNode arguments) {
        this.arguments = arguments;
    }

    /**
     * Returns an argument.
     *
     * @param name its name
     * @param type the type to read it as: a wrapper class, {@code String}, a record, and so on
     * @return the argument
     * @param <T> the type to read it as
     * @throws IllegalArgumentException if it was not given, is {@code None}, or is not such a value; as the tool's
     *     failure, the message is fit for the program
     */
    public <T> T get(String name, Class<T> type) {
        return find(name, type).orElseThrow(() -> new IllegalArgumentException("parameter '" + name + "' is missing"));
    }

    /**
     * Returns an argument that may not have been given.
     *
     * @param name its name
     * @param type the type to read it as: a wrapper class, {@code String}, a record, and so on
     * @return the argument; empty if it was not given, or is {@code None}
     * @param <T> the type to read it as
     * @throws IllegalArgumentException if it is not such a value
     */
    public <T> Optional<T> find(String name, Class<T> type) {
        Objects.requireNonNull(type, "type");
        JsonNode node = arguments.path(Objects.requireNonNull(name, "name"));
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        @SuppressWarnings("unchecked") // Jackson made it of that class, or of the wrapper of that primitive.
        T value = (T) convert("parameter '" + name + "'", node, type);
        return Optional.ofNullable(value);
    }

    /**
     * Returns all arguments, in the order in which the program gave them.
     *
     * @return an unmodifiable map from name to value; values may be {@code null}
     */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        arguments
                .properties()
                .forEach(argument -> map.put(
                        argument.getKey(),
                        convert("parameter '" + argument.getKey() + "'", argument.getValue(), Object.class)));
        return Collections.unmodifiableMap(map);
    }

    /** Returns the arguments as one JSON object. */
    public String toJson() {
        return arguments.toString();
    }

    @Override
    public String toString() {
        return toJson();
    }

    private static @Nullable Object convert(String what, JsonNode node, Type type) {
        try {
            return Json.convert(node, type);
        } catch (JsonException e) {
            throw new IllegalArgumentException(
                    what + " cannot be read as " + type.getTypeName() + ": " + e.getMessage());
        }
    }
}
