package io.github.hyperlight4j.internal.guest;

import io.github.hyperlight4j.internal.ffi.NativeException;
import io.github.hyperlight4j.internal.ffi.NativeLibrary;
import io.github.hyperlight4j.internal.ffi.SandboxHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Calls the functions that the guest exports: the interface {@code executor} of its WIT world. */
public final class GuestExecutor {

    /** More bits than Python's {@code random} gives out as a number of its own making. */
    private static final int SEED_BYTES = 32;

    private GuestExecutor() {}

    /**
     * Runs a program to its end.
     *
     * @param sandbox where
     * @param source Python, in UTF-8
     * @param keep whether it continues in the {@code __main__} of the program before, rather than in a fresh one
     * @param memory how many bytes the interpreter's memory may grow to
     * @return how it ended
     * @throws NativeException if it did not end by itself
     * @throws GuestProtocolException if the outcome is malformed
     */
    public static GuestOutcome run(SandboxHandle sandbox, byte[] source, boolean keep, long memory)
            throws NativeException, GuestProtocolException {
        try (Arena arena = Arena.ofConfined()) {
            // The seed travels with the program rather than be asked for by it, which would be one more exit in each
            // run.
            byte[] outcome = sandbox.call(
                    GuestCalls.wireName("run"),
                    list(arena, source),
                    writer(arena, Byte.BYTES).bool(keep).written(),
                    list(arena, NativeLibrary.random(SEED_BYTES)),
                    writer(arena, Long.BYTES).u64(memory).written());
            return outcome(ByteBuffer.wrap(outcome));
        }
    }

    /**
     * Touches the memory that every run touches, which the first run after a restore would do otherwise. Programs see no
     * difference. The host can be called meanwhile.
     *
     * @param sandbox where
     * @throws NativeException if that fails
     */
    public static void prepare(SandboxHandle sandbox) throws NativeException {
        sandbox.call(GuestCalls.wireName("prepare"));
    }

    static GuestOutcome outcome(ByteBuffer message) throws GuestProtocolException {
        WireReader reader = new WireReader(message);
        GuestOutcome outcome = new GuestOutcome(reader.u32(), reader.string(), reader.string(), reader.string());
        reader.end();
        return outcome;
    }

    private static MemorySegment list(Arena arena, byte[] bytes) {
        return writer(arena, Integer.BYTES + bytes.length).bytes(bytes).written();
    }

    private static WireWriter writer(Arena arena, int size) {
        return new WireWriter(arena.allocate(size));
    }
}
