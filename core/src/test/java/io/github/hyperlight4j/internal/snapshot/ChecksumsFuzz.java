package io.github.hyperlight4j.internal.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.internal.snapshot.Checksums.DamagedException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;

/** What holds for a list of digests whatever is in its file. */
final class ChecksumsFuzz {

    private static final Path DIRECTORY = Path.of("/snapshots/one");

    private ChecksumsFuzz() {}

    /** A list is refused, or it names files below its directory and nothing else, and reads the same when written again. */
    static void check(byte[] list) {
        SortedMap<String, String> digests;
        try {
            digests = Checksums.parse(list);
        } catch (DamagedException e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith(Checksums.NAME), e::toString);
            return;
        }
        StringBuilder again = new StringBuilder();
        for (Map.Entry<String, String> digest : digests.entrySet()) {
            Path file = DIRECTORY.resolve(digest.getKey()).normalize();
            assertTrue(file.startsWith(DIRECTORY) && !file.equals(DIRECTORY), digest::toString);
            assertEquals(64, digest.getValue().length());
            again.append(digest.getValue()).append("  ").append(digest.getKey()).append('\n');
        }
        try {
            assertEquals(digests, Checksums.parse(again.toString().getBytes(UTF_8)));
        } catch (DamagedException e) {
            throw new AssertionError(e);
        }
    }
}
