package io.github.hyperlight4j;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * How a tool is called and what it returns, in the words of Python, for a model that writes the call. Derived from the
 * JSON Schemas; see {@link Tool#signature()}.
 *
 * <p>A dict of which the keys are known is written {@code {'item': str, 'note'?: str}}, with a question mark behind a key
 * that may be missing. A type that is too large to be written is a {@code dict}, and one that may be anything is empty.
 *
 * @param name the tool's name
 * @param parameters the parameters, in the order of the schema; unmodifiable
 * @param returns the type of the result; empty if it is not known
 */
public record ToolSignature(String name, List<Parameter> parameters, String returns) {

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
     * @param type its type; empty if it may be anything
     * @param isRequired whether it must be given
     * @param defaultValue the value that it has when it is not given, as a Python literal; empty if there is none
     * @param constraints what the schema says of its value besides the type, as {@code minimum 0, format date}; may be
     *     empty
     * @param description what it means; may be empty
     * @param isComplete whether all of that is all that the schema says
     */
    public record Parameter(
            String name,
            String type,
            boolean isRequired,
            String defaultValue,
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
            String typed = type.isEmpty() ? name : name + ": " + type;
            return isRequired ? typed : typed + " = " + (defaultValue.isEmpty() ? "..." : defaultValue);
        }
    }

    /** Returns it on one line: {@code orders(userId: int, limit: int = 10) -> list[{'item': str, 'price': float}]}. */
    @Override
    public String toString() {
        String call = parameters.stream().map(Parameter::toString).collect(Collectors.joining(", ", name + "(", ")"));
        return returns.isEmpty() ? call : call + " -> " + returns;
    }
}
