package io.github.hyperlight4j.internal.json;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and writes the JSON that crosses the micro-VM's boundary. What comes out of it was chosen by the guest, so
 * depth, number length and names are bounded; what goes into it must mean the same to Python.
 */
public final class Json {

    /** What both sides accept. Python's own parser and encoder recurse, and give up soon after. */
    static final int MAX_DEPTH = 500;

    /** The most digits that Python turns into an integer, or prints. */
    static final int MAX_DIGITS = 4300;

    private static final int MAX_TEXT = 16 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            // A sign, and a fraction or an exponent, may come with the digits.
                            .maxNumberLength(MAX_DIGITS + 10)
                            .maxStringLength(MAX_TEXT)
                            .maxNameLength(MAX_TEXT)
                            .build())
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(EnumFeature.READ_ENUMS_USING_TO_STRING, EnumFeature.WRITE_ENUMS_USING_TO_STRING)
            .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .addModule(new SimpleModule()
                    .addSerializer(BaseStream.class, new StreamRefusal())
                    .addDeserializer(Object.class, new NaturalValue()))
            .build();

    private Json() {}

    /**
     * Reads one object.
     *
     * @param utf8 its JSON
     * @return the object
     * @throws JsonException if it is not one, or not one that may pass
     */
    public static ObjectNode readObject(byte[] utf8) throws JsonException {
        JsonNode node;
        try {
            node = MAPPER.readTree(utf8);
        } catch (JacksonException e) {
            throw new JsonException(reason(e));
        }
        JsonChecks.check(node);
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new JsonException("it is not an object");
    }

    /**
     * Reads a schema or another text of the application's own.
     *
     * @param json the text
     * @return its value
     * @throws JsonException if it is not JSON
     */
    public static JsonNode read(String json) throws JsonException {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new JsonException(reason(e));
        }
    }

    /**
     * Reads a value that the guest sent inside a text.
     *
     * @param json the text
     * @return its value
     * @throws JsonException if it is not JSON, or not such as may pass
     */
    public static JsonNode readFromGuest(String json) throws JsonException {
        JsonNode node = read(json);
        JsonChecks.check(node);
        return node;
    }

    /**
     * Writes a value as a tool's result.
     *
     * @param value anything; {@code null} becomes JSON's
     * @return its JSON
     * @throws JsonException if it cannot be written so that Python reads the same value
     */
    public static byte[] write(@Nullable Object value) throws JsonException {
        try {
            JsonNode node = MAPPER.valueToTree(value);
            JsonChecks.check(node);
            return MAPPER.writeValueAsBytes(node);
        } catch (JacksonException e) {
            throw new JsonException(reason(e));
        } catch (StackOverflowError e) {
            throw new JsonException("it is nested too deeply, or contains itself");
        }
    }

    /**
     * Makes Java values of one type of JSON values.
     *
     * @param <T> the type
     */
    @FunctionalInterface
    public interface Conversion<T extends @Nullable Object> {

        /**
         * Makes a Java value of a JSON value.
         *
         * @param node the JSON value
         * @return the value
         * @throws JsonException if it is not one of that type
         */
        T convert(JsonNode node) throws JsonException;
    }

    /**
     * {@return what makes values of a type; kept, it is quick}
     *
     * @param type the Java type
     */
    public static Conversion<@Nullable Object> conversion(Type type) {
        ObjectReader reader = MAPPER.readerFor(MAPPER.constructType(type));
        return node -> {
            try {
                return reader.readValue(node);
            } catch (JacksonException e) {
                throw new JsonException(reason(e));
            }
        };
    }

    /**
     * Makes a Java value of a JSON value.
     *
     * @param node the JSON value
     * @param type the Java type
     * @return the value
     * @throws JsonException if it is not one of that type
     */
    public static @Nullable Object convert(JsonNode node, Type type) throws JsonException {
        return conversion(type).convert(node);
    }

    /** Returns a new, empty object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** What Jackson says, without the place in the source and the chain of references that it adds. */
    private static String reason(JacksonException e) {
        String message = e.getOriginalMessage();
        String line = message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
        return line.length() <= 500 ? line : line.substring(0, 500) + "...";
    }

    /** Where a Java type does not say otherwise, an integer is a Long, or a BigInteger if it must be. */
    private static @Nullable Object natural(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                node.properties().forEach(property -> map.put(property.getKey(), natural(property.getValue())));
                yield map;
            }
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                node.forEach(element -> list.add(natural(element)));
                yield list;
            }
            case STRING -> node.stringValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER ->
                node.canConvertToLong() && node.isIntegralNumber() ? (Number) node.longValue() : node.numberValue();
            case NULL, MISSING, BINARY, POJO -> null;
        };
    }

    private static final class NaturalValue extends ValueDeserializer<Object> {
        @Override
        public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
            return natural(context.readTree(parser));
        }
    }

    /** Jackson would write a stream as the object that it is. */
    @SuppressWarnings("rawtypes")
    private static final class StreamRefusal extends ValueSerializer<BaseStream> {
        @Override
        public void serialize(BaseStream value, JsonGenerator generator, SerializationContext context) {
            context.reportBadDefinition(value.getClass(), "a stream cannot be a result: collect it into a list");
        }
    }
}
