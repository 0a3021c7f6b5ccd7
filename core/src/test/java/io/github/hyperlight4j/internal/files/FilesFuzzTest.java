package io.github.hyperlight4j.internal.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A fixed number of inputs for each fuzz target of this package, from fixed seeds. */
class FilesFuzzTest {

    private static final List<String> PIECES = List.of(
            "/", "..", ".", "//", "\\", "a", "input", "output", "tmp", "\0", "é", "\uFFFD", "😀", "\u202E", " ");

    private interface Target {
        void check(byte[] input) throws Exception;
    }

    private static void run(int inputs, Function<Random, byte[]> inputOf, Target target) {
        for (int seed = 0; seed < inputs; seed++) {
            byte[] input = inputOf.apply(new Random(seed));
            try {
                target.check(input);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static byte[] bytes(Random random, int longest) {
        byte[] input = new byte[random.nextInt(longest)];
        random.nextBytes(input);
        return input;
    }

    /** Returns pieces of paths, with a byte changed in half of the inputs, or any bytes. */
    private static byte[] path(Random random, int longest) {
        byte[] input = bytes(random, longest);
        if (random.nextInt(3) == 0) {
            return input;
        }
        StringBuilder text = new StringBuilder("/");
        while (text.length() < input.length) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        byte[] path = text.toString().getBytes(UTF_8);
        if (random.nextBoolean()) {
            path[random.nextInt(path.length)] = (byte) random.nextInt();
        }
        return path;
    }

    @Test
    void guestPathsAreParsedAsByASecondParser() {
        run(50_000, random -> path(random, 100), GuestPathFuzz::check);
        run(200, random -> path(random, 5_000), GuestPathFuzz::check);
    }

    @Test
    void hostNamesAreDecodedStrictly() {
        run(50_000, random -> path(random, 200), HostNamesFuzz::check);
    }

    @Test
    void writableTreeBehavesAsItsModel() {
        run(3_000, random -> bytes(random, 800), WritableTreeFuzz::check);
    }
}
