package io.github.hyperlight4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.cli.JsonLine.BadLineException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import tools.jackson.core.JsonGenerator;

/** What holds for lines of {@code run --jsonl} whatever is in them. */
final class JsonLineFuzz {

    private static final Limits MOST = Limits.defaults();
    private static final int LONGEST = 64;

    private JsonLineFuzz() {}

    /**
     * A line is refused with a message, or a program within the command's limits, whose id can be printed. Lines come out
     * of a stream as they went in, up to their limit.
     */
    static void check(byte[] input) {
        try {
            JsonLine line = JsonLine.parse(input, MOST);
            assertNotNull(line.code());
            Limits limits = line.limits();
            assertTrue(limits.wallTime().compareTo(MOST.wallTime()) <= 0);
            assertTrue(limits.memory().compareTo(MOST.memory()) <= 0);
            assertTrue(limits.stdout().compareTo(MOST.stdout()) <= 0);
            assertTrue(limits.stderr().compareTo(MOST.stderr()) <= 0);
            assertEquals(MOST.toolCalls(), limits.toolCalls());
            print(line);
        } catch (BadLineException e) {
            assertNotNull(e.id());
            assertTrue(String.valueOf(e.getMessage()).length() < 2000, e::toString);
        }
        readLines(input);
    }

    private static void print(JsonLine line) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JsonReport.begin(out)) {
            json.writeName("id");
            json.writeTree(line.id());
            json.writeEndObject();
        }
        assertTrue(out.size() > 0);
    }

    private static void readLines(byte[] input) {
        LineReader lines = new LineReader(new ByteArrayInputStream(input), LONGEST);
        try {
            int read = 0;
            for (LineReader.Line line = lines.next(); line != null; line = lines.next()) {
                assertTrue(line.bytes().length <= LONGEST);
                read++;
            }
            int ends = 0;
            for (byte b : input) {
                ends += b == '\n' ? 1 : 0;
            }
            boolean hasRest = input.length > 0 && input[input.length - 1] != '\n';
            assertEquals(ends + (hasRest ? 1 : 0), read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
