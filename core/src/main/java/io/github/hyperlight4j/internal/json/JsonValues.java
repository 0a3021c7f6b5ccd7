package io.github.hyperlight4j.internal.json;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Checks of values that JSON or Java can hold but that Python reads differently, or not at all. */
final class JsonValues {

    /** Levels of nesting that both sides accept. Python's own parser and encoder recurse, and give up soon after. */
    static final int MAX_DEPTH = 500;

    /** Digits of the longest integer that Python parses or prints. */
    static final int MAX_DIGITS = 4300;

    private static final BigInteger INTEGER_BOUND = BigInteger.TEN.pow(MAX_DIGITS);

    private JsonValues() {}

    static void check(String text) throws JsonException {
        int index = Unicode.loneSurrogate(text);
        if (index >= 0) {
            throw new JsonException("the text has the lone surrogate U+%04X at index %d: it must be valid Unicode"
                    .formatted((int) text.charAt(index), index));
        }
    }

    static double check(double number) throws JsonException {
        if (!Double.isFinite(number)) {
            throw new JsonException("the number is " + number + ", which JSON does not have");
        }
        return number;
    }

    static BigInteger check(BigInteger number) throws JsonException {
        if (number.abs().compareTo(INTEGER_BOUND) >= 0) {
            throw new JsonException("the integer has more than " + MAX_DIGITS + " digits");
        }
        return number;
    }

    static void check(BigDecimal number) throws JsonException {
        if (!Double.isFinite(number.doubleValue())) {
            throw new JsonException("the number is too large for a Python float");
        }
        if (number.precision() > MAX_DIGITS) {
            throw new JsonException("the number has more than " + MAX_DIGITS + " digits");
        }
    }
}
