package io.github.hyperlight4j.internal.guest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.bindings.hl4j_reply_t;
import io.github.hyperlight4j.internal.ffi.HostFunction;
import io.github.hyperlight4j.internal.ffi.HostReply;
import io.github.hyperlight4j.internal.files.Mounts;
import io.github.hyperlight4j.internal.files.SandboxFiles;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/** What holds for a guest's calls of the host, in whatever order and with whatever parameters. */
final class GuestCallsFuzz {

    private static final int CAPACITY = 2 << 20;
    private static final int MOST_CALLS = 200;

    private static final MemorySegment REPLY = hl4j_reply_t.allocate(Arena.global());

    static {
        hl4j_reply_t.data(REPLY, Arena.global().allocate(CAPACITY));
        hl4j_reply_t.capacity(REPLY, CAPACITY);
    }

    private GuestCallsFuzz() {}

    /**
     * Each call is answered within the room of its reply, refused as malformed, or ends the run. A call is a byte for the function,
     * and for each parameter a byte with its length and that many bytes.
     */
    static void check(byte[] input) {
        List<HostFunction> functions = GuestCalls.declarations();
        ByteBuffer in = ByteBuffer.wrap(input);
        SandboxFiles files = new SandboxFiles(Mounts.NONE, Limits.defaults(), () -> {});
        try {
            GuestCalls calls = new GuestCalls(new Host(files));
            for (int count = 0; count < MOST_CALLS && in.hasRemaining(); count++) {
                int function = Math.floorMod(in.get(), functions.size());
                ByteBuffer[] parameters = new ByteBuffer[functions.get(function).parameters()];
                for (int i = 0; i < parameters.length; i++) {
                    int length = in.hasRemaining() ? in.get() & 0xFF : 0;
                    byte[] bytes = new byte[Math.min(length, in.remaining())];
                    in.get(bytes);
                    parameters[i] = ByteBuffer.wrap(bytes);
                }
                try {
                    if (!calls.call(function, parameters, new HostReply(REPLY))) {
                        return;
                    }
                    assertTrue(hl4j_reply_t.len(REPLY) <= CAPACITY);
                } catch (GuestProtocolException e) {
                    assertTrue(String.valueOf(e.getMessage()).length() < 1_000, e::toString);
                    return;
                }
            }
        } finally {
            files.close();
        }
    }

    /** Real files, and tools and clocks that answer at once. */
    private record Host(GuestFiles files) implements GuestHost {

        @Override
        public ToolAnswer callTool(String name, ByteBuffer arguments) {
            return new ToolAnswer(false, new byte[] {'1'});
        }

        @Override
        public int beginTool(String name, ByteBuffer arguments) {
            return 7;
        }

        @Override
        public FinishedTool nextTool(long nanoseconds) {
            return new FinishedTool(7, ToolAnswer.failure("no"));
        }
    }
}
