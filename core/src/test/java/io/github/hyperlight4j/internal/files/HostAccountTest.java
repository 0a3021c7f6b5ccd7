package io.github.hyperlight4j.internal.files;

import static io.github.hyperlight4j.internal.files.FileGuest.CREATE;
import static io.github.hyperlight4j.internal.files.FileGuest.READ;
import static io.github.hyperlight4j.internal.files.FileGuest.WRITE;
import static io.github.hyperlight4j.internal.files.FileGuest.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.internal.guest.GuestFileException;
import io.github.hyperlight4j.internal.guest.GuestFileException.Code;
import io.github.hyperlight4j.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The bounds on heap, disk and descriptors that the files of all runs, and unclosed results, take. */
class HostAccountTest {

    private static final long HEAP = 1 << 20;
    private static final Limits LARGE = FileGuest.limits(1_000, 1L << 40, 1L << 40, 1L << 40);

    @Test
    void fullAccountIsNoSpaceForTheProgramAndClosingMakesRoom() throws Exception {
        HostAccount account = new HostAccount(HEAP, 4 << 20, 8);
        List<OutputFile> kept;
        try (FileGuest guest = FileGuest.on(account, LARGE)) {
            guest.write("/output/a", random(3 << 20));
            int b = guest.open("/output/b", READ | WRITE | CREATE);
            guest.write(b, 0, new byte[1 << 19]);
            assertFails(Code.INSUFFICIENT_SPACE, () -> guest.write(b, 1 << 19, new byte[1 << 20]));
            assertFails(Code.INSUFFICIENT_SPACE, () -> guest.write("/tmp/c", new byte[2 << 20]));
            assertTrue(account.bytes() <= 4 << 20, account.bytes() + " bytes");
            kept = guest.files.takeOutput();
        }
        assertEquals(1, account.files());
        assertTrue(kept.get(0).isComplete());
        assertFalse(kept.get(1).isComplete());
        assertArrayEquals(random(3 << 20), kept.get(0).bytes());
        try (FileGuest guest = FileGuest.on(account, LARGE)) {
            assertFails(Code.INSUFFICIENT_SPACE, () -> guest.write("/output/d", new byte[3 << 20]));
            kept.forEach(OutputFile::close);
            kept.forEach(OutputFile::close);
            guest.write("/output/d", new byte[3 << 20]);
        }
        assertNothingIsHeld(account);
    }

    @Test
    void temporaryFilesAreLimitedAndSmallFilesNeedNone() throws Exception {
        HostAccount account = new HostAccount(HEAP, 1L << 40, 2);
        try (FileGuest first = FileGuest.on(account, LARGE);
                FileGuest second = FileGuest.on(account, LARGE)) {
            first.write("/output/a", new byte[1 << 20]);
            first.write("/tmp/a", new byte[1 << 20]);
            first.write("/tmp/b", new byte[1 << 20]);
            assertFails(Code.INSUFFICIENT_SPACE, () -> second.write("/output/a", new byte[1 << 20]));
            second.write("/output/small", new byte[100]);
            second.write("/tmp/small", new byte[100]);
            assertEquals(2, account.files());
        }
        assertNothingIsHeld(account);
    }

    @Test
    void heapIsSharedAndFilesSpillWhereItIsUsedUp() throws Exception {
        HostAccount account = new HostAccount(HEAP, 1L << 40, 100);
        List<OutputFile> results = new ArrayList<>();
        for (int run = 0; run < 20; run++) {
            try (FileGuest guest = FileGuest.on(account, LARGE)) {
                guest.write("/output/a", random(200_000 + run));
                results.addAll(guest.files.takeOutput());
            }
            assertTrue(account.heap() <= HEAP, account.heap() + " bytes");
        }
        assertTrue(account.files() > 10, account.files() + " temporary files");
        for (int run = 0; run < 20; run++) {
            assertArrayEquals(random(200_000 + run), results.get(run).bytes());
            results.get(run).close();
            assertThrows(IllegalStateException.class, results.get(run)::bytes);
        }
        assertNothingIsHeld(account);
    }

    @Test
    void runThatIsNotAskedForItsOutputHoldsNothing() throws Exception {
        HostAccount account = new HostAccount(HEAP, 1L << 40, 100);
        try (FileGuest guest = FileGuest.on(account, LARGE)) {
            guest.write("/output/a", new byte[100_000]);
            guest.write("/output/b", new byte[1 << 20]);
            guest.write("/tmp/a", new byte[100_000]);
            guest.files.remove("/output/b", false);
        }
        assertNothingIsHeld(account);
    }

    private static void assertNothingIsHeld(HostAccount account) {
        assertEquals(0, account.files());
        assertEquals(0, account.bytes());
        assertEquals(0, account.heap());
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void droppedResultsAreBoundedAndMakeRoomOnceTheyAreCollected() throws Exception {
        List<String> options = List.of(
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dhyperlight4j.spilledBytes=" + (64 << 20),
                "-Dhyperlight4j.spilledFiles=8");
        List<String> printed = ChildJvm.run(DroppedResults.class, options, List.of());
        assertEquals(List.of("bounded"), printed);
    }

    /** 200 runs whose results are dropped: 4 GB in 200 descriptors if they were not bounded. */
    static final class DroppedResults {

        public static void main(String[] arguments) throws Exception {
            HostAccount account = HostAccount.ofProcess();
            int refused = 0;
            int afterRefusal = 0;
            for (int run = 0; run < 200; run++) {
                try (FileGuest guest = FileGuest.with(LARGE)) {
                    guest.write("/output/large", new byte[20 << 20]);
                    afterRefusal += refused > 0 ? 1 : 0;
                    guest.files.takeOutput();
                } catch (GuestFileException e) {
                    require(e.code() == Code.INSUFFICIENT_SPACE, e.code().toString());
                    refused++;
                }
                require(account.bytes() <= 64 << 20, account.bytes() + " bytes");
                require(unnamedFiles() <= 8, unnamedFiles() + " descriptors");
                if (run == 100) {
                    System.gc();
                    Thread.sleep(200);
                }
            }
            require(refused < 200 && (refused == 0 || afterRefusal > 0), refused + " refused");
            System.out.println("bounded");
        }

        private static void require(boolean holds, String found) {
            if (!holds) {
                throw new AssertionError(found);
            }
        }
    }

    /** Returns the number of open temporary files of this library, which have no names. */
    static long unnamedFiles() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(descriptor -> {
                        try {
                            String target = Files.readSymbolicLink(descriptor).toString();
                            return target.contains("hyperlight4j-") && target.endsWith("(deleted)");
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .count();
        }
    }
}
