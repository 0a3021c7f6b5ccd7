package io.github.hyperlight4j.internal.json;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.JsonParserDelegate;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads and writes the JSON that crosses the micro-VM's boundary. Documents of the guest are bounded in depth, tokens,
 * names and numbers, and none of their names outlives the document. Written values mean the same to Python.
 */
public final class Json {

    /** Characters of a property's name. */
    static final int MAX_NAME = 1000;

    /** Names, values and ends of lists and objects in one document. */
    static final int MAX_TOKENS = 250_000;

    private static final int MAX_TEXT = 16 << 20;

    /** The name of a setting of Jackson's in a message; a program cannot change it. */
    private static final Pattern HINT = Pattern.compile(", from `[^`]*`|\\(for [^)]*\\): ");

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(JsonValues.MAX_DEPTH)
                            // A sign, and a fraction or an exponent, may come with the digits.
                            .maxNumberLength(JsonValues.MAX_DIGITS + 10)
                            .maxStringLength(MAX_TEXT)
                            .maxNameLength(MAX_NAME)
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .streamWriteConstraints(StreamWriteConstraints.builder()
                            // JsonWriter has the limit.
                            .maxNestingDepth(2 * JsonValues.MAX_DEPTH)
                            .build())
                    // Both keep names in tables of the factory, for the life of the process.
                    .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(EnumFeature.READ_ENUMS_USING_TO_STRING, EnumFeature.WRITE_ENUMS_USING_TO_STRING)
            .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .addModule(new SimpleModule()
                    .setSerializerModifier(new NotData())
                    .addDeserializer(Object.class, new NaturalValue()))
            .build();

    private Json() {}

    /**
     * Reads one object.
     *
     * @param utf8 its JSON
     * @return the object
     * @throws JsonException if it is not one, or is beyond a limit
     */
    public static ObjectNode readObject(byte[] utf8) throws JsonException {
        CharBuffer text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
        } catch (CharacterCodingException e) {
            throw new JsonException("it is not UTF-8");
        }
        if (read(() -> MAPPER.createParser(text.array(), text.arrayOffset(), text.length()))
                instanceof ObjectNode object) {
            return object;
        }
        throw new JsonException("it is not an object");
    }

    /**
     * Reads any value, the guest's or the application's.
     *
     * @param json the text
     * @return its value
     * @throws JsonException if it is not JSON, or is beyond a limit
     */
    public static JsonNode read(String json) throws JsonException {
        return read(() -> MAPPER.createParser(json));
    }

    @FunctionalInterface
    private interface Source {
        JsonParser open();
    }

    private static JsonNode read(Source source) throws JsonException {
        try (JsonParser parser = source.open()) {
            return JsonReader.read(parser);
        } catch (JacksonException e) {
            throw new JsonException(reason(e));
        }
    }

    /**
     * Writes a value as a tool's result.
     *
     * @param value anything; {@code null} becomes JSON's
     * @param limit its largest size, in bytes
     * @return its JSON
     * @throws TooLargeException if it takes more
     * @throws JsonException if it cannot be written so that Python reads the same value
     */
    public static byte[] write(@Nullable Object value, long limit) throws JsonException {
        BoundedOutput output = new BoundedOutput(limit);
        try (JsonGenerator generator = new JsonWriter(MAPPER.createGenerator(output))) {
            MAPPER.writeValue(generator, value);
        } catch (JsonWriter.RefusedException e) {
            throw new JsonException(e.getOriginalMessage(), e);
        } catch (JacksonException | BoundedOutput.StoppedException e) {
            if (output.size() > limit) {
                throw new TooLargeException(output.size());
            }
            String type = value == null ? "null" : value.getClass().getName();
            throw new JsonException("class " + type + " cannot be written as JSON", e);
        } catch (StackOverflowError e) {
            throw new JsonException("it is nested too deeply, or contains itself", e);
        }
        if (output.size() > limit) {
            throw new TooLargeException(output.size());
        }
        return output.toByteArray();
    }

    /** A value that takes more than the limit as JSON. */
    public static final class TooLargeException extends JsonException {

        private static final long serialVersionUID = 1L;

        private final long size;

        private TooLargeException(long size) {
            super("it takes " + size + " bytes as JSON");
            this.size = size;
        }

        /** Returns its size in bytes, as far as it was counted. */
        public long size() {
            return size;
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
     * {@return the conversion to a type; quick once made}
     *
     * @param type the Java type
     */
    public static Conversion<@Nullable Object> conversion(Type type) {
        ObjectReader reader = MAPPER.readerFor(MAPPER.constructType(type));
        return node -> {
            try {
                return reader.readValue(new InterruptibleParser(reader.treeAsTokens(node)));
            } catch (ValueInstantiationException e) {
                throw new JsonException(reason(e), e.getCause());
            } catch (JacksonException e) {
                throw new JsonException(reason(e));
            } catch (StackOverflowError e) {
                throw new JsonException("it is nested too deeply");
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

    /** Jackson's message, without the place in the source, the chain of references and the names of its settings. */
    private static String reason(JacksonException e) {
        String message = e.getOriginalMessage();
        String line = message == null
                ? e.getClass().getSimpleName()
                : HINT.matcher(message.lines().findFirst().orElse("")).replaceAll("");
        return line.length() <= 500 ? line : line.substring(0, 500) + "...";
    }

    /** Without a Java type, an integer is a Long, or a BigInteger if it must be. */
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

    /** Ends a conversion whose run is over: elements that a program chose can make a set of records slow to fill. */
    private static final class InterruptibleParser extends JsonParserDelegate {

        InterruptibleParser(JsonParser parser) {
            super(parser);
        }

        @Override
        public @Nullable JsonToken nextToken() {
            if (Thread.currentThread().isInterrupted()) {
                throw new StreamReadException(this, "the call was cancelled");
            }
            return super.nextToken();
        }
    }
}
