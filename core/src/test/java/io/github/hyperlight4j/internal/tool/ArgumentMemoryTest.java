package io.github.hyperlight4j.internal.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ArgumentMemoryTest {

    /** Takes 2148 bytes, by the estimate. */
    private static final byte[] JSON = new byte[512];

    private static final long SIZE = ArgumentMemory.estimate(JSON);

    @Test
    void configurationGetsAsMuchAsItLeavesFree() throws Exception {
        ArgumentMemory memory = new ArgumentMemory(8 * SIZE, 1);
        ArgumentMemory.Share hog = memory.share();
        List<ArgumentMemory.Held> held = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            held.add(hog.hold(JSON));
        }
        assertEquals(
                "they would take about 2 KiB of memory, and there is no room beside those of other calls:"
                        + " call it later, or with less",
                assertThrows(ArgumentException.class, () -> hog.hold(JSON)).getMessage());
        ArgumentMemory.Share other = memory.share();
        held.add(other.hold(JSON));
        held.add(other.hold(JSON));
        assertThrows(ArgumentException.class, () -> other.hold(JSON));
        held.add(memory.share().hold(JSON));
        held.forEach(ArgumentMemory.Held::close);
        hog.hold(JSON).close();
    }

    @Test
    void callWaitsForRoomAndAnInterruptEndsItsWaiting() throws Exception {
        ArgumentMemory memory = new ArgumentMemory(2 * SIZE, TimeUnit.MINUTES.toNanos(1));
        ArgumentMemory.Share share = memory.share();
        ArgumentMemory.Held held = share.hold(JSON);
        CountDownLatch admitted = new CountDownLatch(1);
        Thread waiting = Thread.ofPlatform().start(() -> {
            try (ArgumentMemory.Held _ = share.hold(JSON)) {
                admitted.countDown();
            } catch (ArgumentException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertEquals(false, admitted.await(50, TimeUnit.MILLISECONDS));
        held.close();
        assertTrue(admitted.await(10, TimeUnit.SECONDS));
        waiting.join();
        try (ArgumentMemory.Held _ = share.hold(JSON)) {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> share.hold(JSON));
        }
    }

    @Test
    void callThatNeverFitsDoesNotWait() {
        ArgumentMemory memory = new ArgumentMemory(SIZE, Duration.ofDays(1).toNanos());
        assertThrows(ArgumentException.class, () -> memory.share().hold(JSON));
    }
}
