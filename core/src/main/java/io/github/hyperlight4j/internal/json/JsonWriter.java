package io.github.hyperlight4j.internal.json;

import java.io.Serial;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.SerializableString;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.util.JsonGeneratorDelegate;

/** Writes one document, and refuses on the way what Python would read differently, or not at all. */
final class JsonWriter extends JsonGeneratorDelegate {

    private int depth;

    JsonWriter(JsonGenerator generator) {
        super(generator, false);
    }

    /** A value that was refused. The message is a {@link JsonException}'s. */
    static final class RefusedException extends StreamWriteException {

        @Serial
        private static final long serialVersionUID = 1L;

        RefusedException(JsonGenerator generator, @Nullable String message) {
            super(generator, message);
        }
    }

    @FunctionalInterface
    private interface Check {
        void run() throws JsonException;
    }

    private void require(Check check) {
        try {
            check.run();
        } catch (JsonException e) {
            throw new RefusedException(this, e.getMessage());
        }
    }

    private void begin() {
        depth++;
        if (depth > JsonValues.MAX_DEPTH) {
            throw new RefusedException(
                    this, "it is nested more than " + JsonValues.MAX_DEPTH + " levels deep, or contains itself");
        }
    }

    @Override
    public JsonGenerator writeStartArray() {
        begin();
        return super.writeStartArray();
    }

    @Override
    public JsonGenerator writeStartArray(@Nullable Object current) {
        begin();
        return super.writeStartArray(current);
    }

    @Override
    public JsonGenerator writeStartArray(@Nullable Object current, int size) {
        begin();
        return super.writeStartArray(current, size);
    }

    @Override
    public JsonGenerator writeEndArray() {
        depth--;
        return super.writeEndArray();
    }

    @Override
    public JsonGenerator writeStartObject() {
        begin();
        return super.writeStartObject();
    }

    @Override
    public JsonGenerator writeStartObject(@Nullable Object current) {
        begin();
        return super.writeStartObject(current);
    }

    @Override
    public JsonGenerator writeStartObject(@Nullable Object current, int size) {
        begin();
        return super.writeStartObject(current, size);
    }

    @Override
    public JsonGenerator writeEndObject() {
        depth--;
        return super.writeEndObject();
    }

    @Override
    public JsonGenerator writeName(String name) {
        require(() -> JsonValues.check(name));
        return super.writeName(name);
    }

    @Override
    public JsonGenerator writeName(SerializableString name) {
        return writeName(name.getValue());
    }

    @Override
    public JsonGenerator writeString(@Nullable String text) {
        if (text != null) {
            require(() -> JsonValues.check(text));
        }
        return super.writeString(text);
    }

    @Override
    public JsonGenerator writeString(char[] text, int offset, int length) {
        return writeString(new String(text, offset, length));
    }

    @Override
    public JsonGenerator writeString(SerializableString text) {
        return writeString(text.getValue());
    }

    @Override
    public JsonGenerator writeArray(double[] numbers, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            double number = numbers[i];
            require(() -> JsonValues.check(number));
        }
        return super.writeArray(numbers, offset, length);
    }

    @Override
    public JsonGenerator writeArray(@Nullable String[] texts, int offset, int length) {
        writeStartArray(texts, length);
        for (int i = offset; i < offset + length; i++) {
            writeString(texts[i]);
        }
        return writeEndArray();
    }

    @Override
    public JsonGenerator writeNumber(double number) {
        require(() -> JsonValues.check(number));
        return super.writeNumber(number);
    }

    @Override
    public JsonGenerator writeNumber(float number) {
        require(() -> JsonValues.check(number));
        return super.writeNumber(number);
    }

    @Override
    public JsonGenerator writeNumber(@Nullable BigInteger number) {
        if (number != null) {
            require(() -> JsonValues.check(number));
        }
        return super.writeNumber(number);
    }

    @Override
    public JsonGenerator writeNumber(@Nullable BigDecimal number) {
        if (number != null) {
            require(() -> JsonValues.check(number));
        }
        return super.writeNumber(number);
    }
}
