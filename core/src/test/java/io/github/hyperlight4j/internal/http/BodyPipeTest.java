package io.github.hyperlight4j.internal.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BodyPipeTest {

    @Test
    void bytesArriveInOrderWhateverThePieces() throws Exception {
        byte[] sent = new byte[5_000_000];
        new Random(1).nextBytes(sent);
        BodyPipe pipe = new BodyPipe();
        FutureTask<Boolean> writer = new FutureTask<>(() -> {
            Random random = new Random(2);
            for (int i = 0; i < sent.length; ) {
                int count = Math.min(sent.length - i, random.nextInt(1, random.nextBoolean() ? 10 : 100_000));
                assertTrue(pipe.put(Arrays.copyOfRange(sent, i, i + count), count));
                i += count;
            }
            pipe.end();
            return true;
        });
        Thread.ofPlatform().start(writer);
        Random random = new Random(3);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        while (true) {
            pipe.ready().join();
            byte[] part = pipe.take(random.nextInt(1, random.nextBoolean() ? 10 : 200_000));
            if (part.length == 0) {
                break;
            }
            received.writeBytes(part);
        }
        assertTrue(writer.get());
        assertArrayEquals(sent, received.toByteArray());
    }

    @Test
    void bodyThatArrivesByteByByteTakesItsBytes() throws Exception {
        Runtime runtime = Runtime.getRuntime();
        BodyPipe[] pipes = new BodyPipe[20];
        for (int i = 0; i < pipes.length; i++) {
            pipes[i] = new BodyPipe();
            for (int sent = 0; sent < 1 << 20; sent++) {
                assertTrue(pipes[i].put(new byte[1], 1));
            }
        }
        System.gc();
        long used = runtime.totalMemory() - runtime.freeMemory();
        for (BodyPipe pipe : pipes) {
            assertEquals(1 << 20, pipe.take(1 << 20).length);
        }
        // As arrays of one byte: 20 times 20 MiB and more.
        assertTrue(used < 200L << 20, "used " + used);
    }

    @Test
    void closeFreesTheWriter() throws Exception {
        BodyPipe pipe = new BodyPipe();
        FutureTask<Boolean> writer = new FutureTask<>(() -> pipe.put(new byte[2 << 20], 2 << 20));
        Thread thread = Thread.ofPlatform().start(writer);
        while (thread.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
        pipe.close();
        assertFalse(writer.get());
        assertFalse(pipe.put(new byte[1], 1));
    }
}
