package io.github.hyperlight4j.testing;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The fuzz targets: classes {@code *Fuzz} with a {@code static void check(byte[])} that throws when what holds for every input does
 * not. Their seeds are the files of {@code src/test/resources/fuzz/NAME}. A module's {@code FuzzTest} runs the seeds and a fixed
 * number of inputs made from them; {@code scripts/fuzz} has Jazzer look for more.
 */
public final class FuzzTargets {

    private static final int INPUTS = Integer.getInteger("hyperlight4j.fuzz.inputs", 2_000);

    /** For all inputs of one target together. */
    private static final Duration LONGEST = Duration.ofMinutes(5);

    private FuzzTargets() {}

    /** Returns a test for each target of the module that the given test class is in. */
    public static Stream<DynamicTest> tests(Class<?> anchor) throws IOException {
        Path classes = classes(anchor);
        try (Stream<Path> files = Files.walk(classes)) {
            List<Path> targets = files.filter(file -> file.toString().endsWith("Fuzz.class"))
                    .sorted()
                    .toList();
            return targets.stream().map(file -> {
                String name = classes.relativize(file).toString().replace('/', '.');
                Method check = check(anchor.getClassLoader(), name.substring(0, name.length() - ".class".length()));
                return DynamicTest.dynamicTest(
                        check.getDeclaringClass().getSimpleName(),
                        () -> assertTimeoutPreemptively(LONGEST, () -> run(check, seeds(classes, check))));
            });
        }
    }

    /** Returns the target of a class. */
    static Method check(ClassLoader loader, String className) {
        try {
            Method check = Class.forName(className, true, loader).getDeclaredMethod("check", byte[].class);
            check.setAccessible(true);
            return check;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(className + " has no static void check(byte[])", e);
        }
    }

    /** Calls a target; what it throws is thrown. */
    static void call(Method check, byte[] input) throws Throwable {
        try {
            check.invoke(null, (Object) input);
        } catch (InvocationTargetException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }

    private static Path classes(Class<?> anchor) {
        try {
            URI file = Objects.requireNonNull(anchor.getResource(anchor.getSimpleName() + ".class"))
                    .toURI();
            Path directory = Path.of(file);
            for (int levels = anchor.getName().split("\\.").length; levels > 0; levels--) {
                directory = Objects.requireNonNull(directory.getParent());
            }
            return directory;
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<byte[]> seeds(Path classes, Method check) throws IOException {
        Path directory =
                classes.resolve("fuzz").resolve(check.getDeclaringClass().getSimpleName());
        List<byte[]> seeds = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                files.sorted().forEach(file -> {
                    try {
                        seeds.add(Files.readAllBytes(file));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }
        return seeds;
    }

    private static void run(Method check, List<byte[]> seeds) {
        checkOne(check, new byte[0]);
        seeds.forEach(seed -> checkOne(check, seed));
        Random random = new Random(1);
        for (int i = 0; i < INPUTS; i++) {
            byte[] input = seeds.isEmpty() ? new byte[random.nextInt(64)] : any(seeds, random);
            if (seeds.isEmpty()) {
                random.nextBytes(input);
            }
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                input = changed(input, seeds, random);
            }
            checkOne(check, input);
        }
    }

    private static void checkOne(Method check, byte[] input) {
        try {
            call(check, input.clone());
        } catch (Throwable e) {
            throw new AssertionError("input " + HexFormat.of().formatHex(input), e);
        }
    }

    private static byte[] any(List<byte[]> seeds, Random random) {
        return seeds.get(random.nextInt(seeds.size()));
    }

    private static byte[] changed(byte[] input, List<byte[]> seeds, Random random) {
        int at = random.nextInt(input.length + 1);
        int end = at + random.nextInt(Math.min(input.length - at, 32) + 1);
        byte[] middle = Arrays.copyOfRange(input, at, end);
        switch (random.nextInt(5)) {
            case 0 -> middle = new byte[0];
            case 1 -> middle = joined(middle, middle);
            case 2 -> random.nextBytes(middle);
            case 3 -> middle = joined(middle, new byte[] {(byte) random.nextInt()});
            default -> middle = seeds.isEmpty() ? middle : any(seeds, random);
        }
        return joined(joined(Arrays.copyOf(input, at), middle), Arrays.copyOfRange(input, end, input.length));
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
