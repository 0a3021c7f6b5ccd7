package io.github.hyperlight4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {

    @Test
    void defaultsAreThoseInTheDocumentation() {
        Limits limits = Limits.defaults();
        assertEquals(Duration.ofSeconds(30), limits.wallTime());
        assertEquals(ByteSize.ofMebibytes(256), limits.memory());
        assertEquals(ByteSize.ofMebibytes(1), limits.stdout());
        assertEquals(ByteSize.ofMebibytes(1), limits.stderr());
        assertEquals(ByteSize.ofMebibytes(1), limits.toolArguments());
        assertEquals(ByteSize.ofMebibytes(8), limits.toolResult());
        assertEquals(ByteSize.ofMebibytes(10), limits.code());
        assertEquals(OutputOverflow.CUT, limits.outputOverflow());
        assertEquals(10_000, limits.toolCalls());
        assertEquals(16, limits.concurrentTools());
        assertEquals(20, limits.outputFiles());
        assertEquals(ByteSize.ofMebibytes(5), limits.outputFileSize());
        assertEquals(ByteSize.ofMebibytes(20), limits.outputSize());
        assertEquals(ByteSize.ofMebibytes(64), limits.temporarySize());
        assertEquals(limits.toString(), limits.toBuilder().build().toString());
    }

    @Test
    void whatCannotBeHeldIsRefusedWithItsName() {
        Limits.Builder builder = Limits.builder();
        assertRefused("wallTime", () -> builder.wallTime(Duration.ZERO));
        assertRefused("wallTime", () -> builder.wallTime(Duration.ofMillis(-1)));
        assertRefused("wallTime", () -> builder.wallTime(Duration.ofSeconds(Long.MAX_VALUE)));
        assertRefused("memory", () -> builder.memory(ByteSize.ofMebibytes(63)));
        assertRefused("memory", () -> builder.memory(ByteSize.ofMebibytes(257)));
        assertRefused("toolResult", () -> builder.toolResult(ByteSize.ofBytes((8 << 20) + 1)));
        assertRefused("toolCalls", () -> builder.toolCalls(-1));
        assertRefused("toolCalls", () -> builder.toolCalls(1_000_001));
        assertRefused("concurrentTools", () -> builder.concurrentTools(0));
        assertRefused("code", () -> builder.code(ByteSize.ofMebibytes(11)));
    }

    @Test
    void sizesArePrintedInTheUnitThatFits() {
        assertEquals("10 MiB", ByteSize.ofMebibytes(10).toString());
        assertEquals("3 KiB", ByteSize.ofKibibytes(3).toString());
        assertEquals("1500 bytes", ByteSize.ofBytes(1500).toString());
        assertEquals("0 bytes", ByteSize.ofBytes(0).toString());
        assertThrows(IllegalArgumentException.class, () -> ByteSize.ofBytes(-1));
        assertThrows(ArithmeticException.class, () -> ByteSize.ofMebibytes(Long.MAX_VALUE));
    }

    private static void assertRefused(String name, Runnable setter) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, setter::run).getMessage());
        assertEquals(name, message.substring(0, name.length()));
    }
}
