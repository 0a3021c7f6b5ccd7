package io.github.hyperlight4j.internal.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Refuses values that JSON can hold but that Python would read differently, or not at all. */
final class JsonChecks {

    private static final BigInteger INTEGER_BOUND = BigInteger.TEN.pow(Json.MAX_DIGITS);

    private JsonChecks() {}

    static void check(JsonNode root) throws JsonException {
        check(root, 0);
    }

    private static void check(JsonNode node, int depth) throws JsonException {
        if (depth > Json.MAX_DEPTH) {
            throw new JsonException("it is nested more than " + Json.MAX_DEPTH + " levels deep");
        }
        switch (node.getNodeType()) {
            case OBJECT -> {
                for (Map.Entry<String, JsonNode> property : node.properties()) {
                    checkText(property.getKey());
                    check(property.getValue(), depth + 1);
                }
            }
            case ARRAY -> {
                for (JsonNode element : node) {
                    check(element, depth + 1);
                }
            }
            case STRING -> checkText(node.stringValue());
            case NUMBER -> checkNumber(node);
            // A binary node is written as base64; a POJO node does not come out of valueToTree.
            case BOOLEAN, NULL, BINARY, POJO, MISSING -> {}
        }
    }

    private static void checkText(String text) throws JsonException {
        int index = Unicode.loneSurrogate(text);
        if (index >= 0) {
            throw new JsonException("the text has the lone surrogate U+%04X at index %d: it must be valid Unicode"
                    .formatted((int) text.charAt(index), index));
        }
    }

    private static void checkNumber(JsonNode number) throws JsonException {
        if (number.isBigInteger()) {
            if (number.bigIntegerValue().abs().compareTo(INTEGER_BOUND) >= 0) {
                throw new JsonException("the integer has more than " + Json.MAX_DIGITS + " digits");
            }
        } else if (number.isBigDecimal()) {
            checkDecimal(number.decimalValue());
        } else if (number.isFloatingPointNumber() && !Double.isFinite(number.doubleValue())) {
            throw new JsonException("the number is " + number.doubleValue() + ", which JSON does not have");
        }
    }

    private static void checkDecimal(BigDecimal decimal) throws JsonException {
        if (!Double.isFinite(decimal.doubleValue())) {
            throw new JsonException("the number is too large for a Python float");
        }
        if (decimal.precision() > Json.MAX_DIGITS) {
            throw new JsonException("the number has more than " + Json.MAX_DIGITS + " digits");
        }
    }
}
