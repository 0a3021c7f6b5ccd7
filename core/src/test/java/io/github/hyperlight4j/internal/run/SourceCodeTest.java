package io.github.hyperlight4j.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.InvalidCodeException;
import org.junit.jupiter.api.Test;

class SourceCodeTest {

    private static final ByteSize LIMIT = ByteSize.ofBytes(100);

    @Test
    void emptyAndAstralTextPass() {
        assertArrayEquals(new byte[0], SourceCode.encode("", LIMIT));
        assertArrayEquals("print('😀')".getBytes(UTF_8), SourceCode.encode("print('😀')", LIMIT));
    }

    @Test
    void nulIsRefusedWithItsPlace() {
        assertRefused("The code has a NUL character at line 2, column 3: Python does not accept that", "a = 1\nb \0");
        assertRefused("The code has a NUL character at line 1, column 1: Python does not accept that", "\0");
    }

    @Test
    void loneSurrogateIsRefusedWithItsPlace() {
        assertRefused(
                "The code is not valid Unicode: there is a lone surrogate U+D83D at line 1, column 2", "'\uD83D'");
        assertRefused("The code is not valid Unicode: there is a lone surrogate U+DE00 at line 1, column 1", "\uDE00");
    }

    @Test
    void sizeCountsBytesNotCharacters() {
        SourceCode.encode("x".repeat(100), LIMIT);
        assertRefused("The code is larger than its limit of 100 bytes", "x".repeat(101));
        assertRefused("The code is larger than its limit of 100 bytes", "é".repeat(51));
    }

    private static void assertRefused(String message, String code) {
        assertEquals(
                message,
                assertThrows(InvalidCodeException.class, () -> SourceCode.encode(code, LIMIT))
                        .getMessage());
    }
}
