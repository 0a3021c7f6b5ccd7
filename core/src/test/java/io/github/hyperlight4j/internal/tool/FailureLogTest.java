package io.github.hyperlight4j.internal.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.internal.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailureLogTest {

    private record Line(
            System.Logger.Level level,
            String message,
            @Nullable Throwable thrown) {}

    private final List<Line> lines = new ArrayList<>();
    private final ToolAccount account = new ToolAccount(ArgumentMemory.process(), new System.Logger() {
        @Override
        public String getName() {
            return "test";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
            lines.add(new Line(level, String.valueOf(message), thrown));
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... parameters) {
            lines.add(new Line(level, String.valueOf(format), null));
        }
    });

    @Test
    void failedCallIsAWarningWithItsStack() {
        IOException failure = new IOException("disk full");
        call(_ -> {
            throw failure;
        });
        assertEquals(List.of(new Line(System.Logger.Level.WARNING, "Tool 't' failed", failure)), List.copyOf(lines));
    }

    @Test
    void resultThatCannotBePassedOnIsAWarning() {
        call(_ -> Double.NaN);
        call(_ -> "x".repeat(2000));
        assertEquals(2, lines.size());
        assertEquals("Tool 't' failed", lines.getFirst().message());
        assertTrue(lines.getLast().thrown() instanceof Json.TooLargeException);
    }

    @Test
    void cancelledCallIsNoWarning() {
        InterruptedException cancelled = new InterruptedException();
        call(_ -> {
            throw cancelled;
        });
        assertEquals(System.Logger.Level.DEBUG, lines.getFirst().level());
        assertSame(cancelled, lines.getFirst().thrown());
    }

    @Test
    void programCannotFloodTheLog() {
        call(_ -> {
            throw new IOException("x".repeat(1 << 20));
        });
        assertTrue(lines.getFirst().message().length() < 40_000);
        for (int i = 0; i < 1000; i++) {
            call(_ -> Double.NaN);
        }
        assertEquals(21, lines.size());
        assertEquals(
                "Further failures of tools of this configuration are not logged for up to a minute",
                lines.getLast().message());
    }

    private void call(ToolDefinition.Code implementation) {
        new RegisteredTool(new ToolDefinition("t", ParameterSchema.none(), implementation), Throwable.class, account)
                .call("{}".getBytes(UTF_8), ByteSize.ofKibibytes(1));
    }
}
