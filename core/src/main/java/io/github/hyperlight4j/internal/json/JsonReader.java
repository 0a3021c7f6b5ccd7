package io.github.hyperlight4j.internal.json;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Builds a tree from one document, and refuses on the way what Python and Java would read differently. */
final class JsonReader {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonParser parser;

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    static JsonNode read(JsonParser parser) throws JsonException {
        JsonReader reader = new JsonReader(parser);
        JsonNode root = reader.value(parser.nextToken());
        if (parser.nextToken() != null) {
            throw new JsonException("it goes on after its end");
        }
        return root;
    }

    /** Recursion is bounded by the parser's limit of nesting. */
    private JsonNode value(@Nullable JsonToken token) throws JsonException {
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> NODES.stringNode(text(parser.getString()));
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(JsonValues.check(parser.getDoubleValue()));
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case null -> throw new JsonException("it is empty");
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new IllegalStateException("No value begins with " + token);
        };
    }

    private ObjectNode object() throws JsonException {
        ObjectNode object = NODES.objectNode();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = text(parser.currentName());
            object.set(name, value(parser.nextToken()));
        }
        return object;
    }

    private ArrayNode array() throws JsonException {
        ArrayNode array = NODES.arrayNode();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            array.add(value(token));
        }
        return array;
    }

    private JsonNode integer() throws JsonException {
        return switch (Objects.requireNonNull(parser.getNumberType())) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL ->
                NODES.numberNode(JsonValues.check(parser.getBigIntegerValue()));
        };
    }

    private static String text(String text) throws JsonException {
        JsonValues.check(text);
        return text;
    }
}
