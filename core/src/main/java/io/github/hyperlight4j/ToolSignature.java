package io.github.hyperlight4j;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A tool's signature in Python's terms, for a model that writes the call. Derived from the JSON Schemas; see
 * {@link Tool#signature()}.
 *
 * <p>The type of a dict with known keys is written {@code {'item': str, 'note'?: str}}, with a question mark behind an
 * optional key. A type that is too large to be written is a {@code dict}.
 *
 * @param name the tool's name
 * @param parameters the parameters, in the order of the schema; unmodifiable
 * @param returns the type of the result, if it is known
 */
public record ToolSignature(String name, List<Parameter> parameters, Optional<String> returns) {

    /** Copies the list. */
    public ToolSignature {
        Objects.requireNonNull(name, "name");
        parameters = List.copyOf(parameters);
        Objects.requireNonNull(returns, "returns");
    }

    /**
     * A tool's parameter.
     *
     * @param name its name
     * @param type its type, if it is not any
     * @param isRequired whether it must be given
     * @param defaultValue the value of a parameter that is not given, as a Python literal, if there is one
     * @param constraints the schema's constraints on its value besides the type: {@code minimum 0, format date}; may be
     *     blank
     * @param description its meaning; may be blank
     * @param isComplete whether the schema has no further constraints
     */
    public record Parameter(
            String name,
            Optional<String> type,
            boolean isRequired,
            Optional<String> defaultValue,
            String constraints,
            String description,
            boolean isComplete) {

        /** Checks for {@code null}. */
        public Parameter {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(defaultValue, "defaultValue");
            Objects.requireNonNull(constraints, "constraints");
            Objects.requireNonNull(description, "description");
        }

        /** Returns it as it stands in a signature: {@code limit: int = 10}, or {@code = ...} where there is no default. */
        @Override
        public String toString() {
            String typed = name + type.map(": "::concat).orElse("");
            return isRequired ? typed : typed + " = " + defaultValue.orElse("...");
        }
    }

    /** Returns it on one line: {@code orders(userId: int, limit: int = 10) -> list[{'item': str, 'price': float}]}. */
    @Override
    public String toString() {
        return parameters.stream().map(Parameter::toString).collect(Collectors.joining(", ", name + "(", ")"))
                + returns.map(" -> "::concat).orElse("");
    }
}
