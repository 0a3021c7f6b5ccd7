package io.github.hyperlight4j.internal.tool;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import io.github.hyperlight4j.internal.json.Json;
import io.github.hyperlight4j.internal.json.JsonException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Corrects arguments that have one possible meaning by their schema: a model writes {@code "3"} for an int,
 * {@code "true"} for a bool, a list as JSON. Only a value that does not fit is ever changed, only into one that does, and
 * only if there is one such value; a number never becomes text.
 */
final class LenientArguments {

    /** A value that was JSON in a text may have others in it. */
    private static final int ROUNDS = 3;

    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,4000}");
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,300}(\\.[0-9]{1,300})?([eE][+-]?[0-9]{1,3})?");

    private final Schema validator;
    private final Set<String> nullable;

    /**
     * @param validator the tool's schema
     * @param nullable parameters for which {@code None} is as good as leaving them out
     */
    LenientArguments(Schema validator, Set<String> nullable) {
        this.validator = validator;
        this.nullable = nullable;
    }

    /**
     * Changes arguments so that they fit.
     *
     * @return the arguments; {@code null} if there is no way, or more than one, and they are of no use any more
     * @throws ArgumentException if far too much does not fit
     */
    @Nullable
    ObjectNode fit(ObjectNode arguments) throws ArgumentException {
        for (int round = 0; round <= ROUNDS; round++) {
            removeNulls(arguments);
            List<Error> errors = Validation.problems(validator, arguments);
            if (errors.isEmpty()) {
                return arguments;
            }
            if (round == ROUNDS || !change(arguments, errors)) {
                return null;
            }
        }
        return null;
    }

    /** Removes what counts as left out. */
    void removeNulls(ObjectNode arguments) {
        for (String name : nullable) {
            if (arguments.path(name).isNull()) {
                arguments.remove(name);
            }
        }
    }

    /** The types and values that the schema expects in the place of one value. */
    private static final class Misfit {
        private final Set<String> expectedTypes = new LinkedHashSet<>();
        private final Set<JsonNode> expectedValues = new LinkedHashSet<>();
    }

    private boolean change(ObjectNode arguments, List<Error> errors) {
        // By the list or dict that the value is in, and its place there: paths are long where much is nested.
        IdentityHashMap<JsonNode, Map<Object, Misfit>> misfits = new IdentityHashMap<>();
        for (Error error : errors) {
            Object[] place = SchemaProblems.elements(error.getInstanceLocation());
            if (place.length == 0) {
                return false; // Something is missing, or too much.
            }
            JsonNode parent = arguments;
            for (int i = 0; i < place.length - 1; i++) {
                parent = child(parent, place[i]);
            }
            Misfit misfit = misfits.computeIfAbsent(parent, _ -> new HashMap<>())
                    .computeIfAbsent(place[place.length - 1], _ -> new Misfit());
            if (error.getKeyword().equals("type")) {
                misfit.expectedTypes.addAll(SchemaProblems.typeNames(error.getArguments()[1]));
                if (place.length == 1 && nullable.contains(place[0].toString())) {
                    misfit.expectedTypes.add("null");
                }
            } else if (error.getKeyword().equals("enum")) {
                error.getSchemaNode().forEach(misfit.expectedValues::add);
            }
        }
        boolean isChanged = false;
        for (Map.Entry<JsonNode, Map<Object, Misfit>> inside : misfits.entrySet()) {
            for (Map.Entry<Object, Misfit> at : inside.getValue().entrySet()) {
                isChanged |= change(inside.getKey(), at.getKey(), at.getValue());
            }
        }
        return isChanged;
    }

    private static boolean change(JsonNode parent, Object place, Misfit misfit) {
        JsonNode meant = meant(child(parent, place), misfit);
        if (meant == null) {
            return false;
        }
        switch (parent) {
            case ObjectNode object -> object.set(place.toString(), meant);
            case ArrayNode array -> array.set((Integer) place, meant);
            default -> throw new IllegalStateException("A value inside another that is neither list nor dict");
        }
        return true;
    }

    private static JsonNode child(JsonNode parent, Object place) {
        return parent.isArray() && place instanceof Integer position
                ? parent.path(position)
                : parent.path(place.toString());
    }

    private static @Nullable JsonNode meant(JsonNode value, Misfit misfit) {
        Set<JsonNode> candidates = new LinkedHashSet<>();
        for (String type : misfit.expectedTypes) {
            // An int is a float already.
            JsonNode candidate =
                    type.equals("number") && misfit.expectedTypes.contains("integer") ? null : as(type, value);
            if (candidate != null) {
                candidates.add(candidate);
            }
        }
        if (value.isString()) {
            misfit.expectedValues.stream()
                    .filter(expected -> expected.isString()
                            && expected.stringValue()
                                    .equalsIgnoreCase(value.stringValue().strip()))
                    .forEach(candidates::add);
        }
        return candidates.size() == 1 ? candidates.iterator().next() : null;
    }

    private static @Nullable JsonNode as(String type, JsonNode value) {
        String text = value.isString() ? value.stringValue().strip() : "";
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (type) {
            case "integer" -> INTEGER.matcher(text).matches() ? nodes.numberNode(new BigInteger(text)) : null;
            case "number" -> number(text);
            case "boolean" -> bool(value, text);
            case "null" -> text.equals("None") || text.equals("null") ? nodes.nullNode() : null;
            case "array", "object" -> nested(type, text);
            default -> null;
        };
    }

    private static @Nullable JsonNode number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            return null;
        }
        double value = new BigDecimal(text).doubleValue();
        return Double.isFinite(value) ? JsonNodeFactory.instance.numberNode(value) : null;
    }

    private static @Nullable JsonNode bool(JsonNode value, String text) {
        if (text.equalsIgnoreCase("true") || (value.isInt() && value.intValue() == 1)) {
            return JsonNodeFactory.instance.booleanNode(true);
        }
        return text.equalsIgnoreCase("false") || (value.isInt() && value.intValue() == 0)
                ? JsonNodeFactory.instance.booleanNode(false)
                : null;
    }

    private static @Nullable JsonNode nested(String type, String text) {
        if (!text.startsWith(type.equals("array") ? "[" : "{")) {
            return null;
        }
        try {
            return Json.read(text);
        } catch (JsonException e) {
            return null; // It is text that only begins like that.
        }
    }

    /** The arguments in a dict of one name, as if they had been given as such; {@code null} if these are none. */
    static @Nullable ObjectNode unwrap(ObjectNode arguments, JsonNode schema) {
        List<String> names = new ArrayList<>(arguments.propertyNames());
        return names.size() == 1
                        && List.of("arguments", "args", "kwargs", "parameters", "params")
                                .contains(names.getFirst())
                        && !schema.path("properties").has(names.getFirst())
                        && arguments.get(names.getFirst()) instanceof ObjectNode inner
                ? inner
                : null;
    }
}
