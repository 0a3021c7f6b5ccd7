package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.bindings.hl4j_host_function_t;
import io.github.hyperlight4j.bindings.hl4j_host_t;
import io.github.hyperlight4j.internal.guest.GuestHost;
import io.github.hyperlight4j.internal.guest.RunEndedException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The one function through which a sandbox calls Java. Whatever happens in Java, it answers: an exception that left it
 * would end the JVM.
 */
public final class HostUpcall implements AutoCloseable {

    private static final int END_RUN = 2;

    private final Arena arena = Arena.ofShared();
    private final HostCalls calls;
    private final MemorySegment host;
    private volatile @Nullable Throwable failure;

    /** @param guestHost answers the calls */
    public HostUpcall(GuestHost guestHost) {
        this.calls = new HostCalls(guestHost);
        this.host = hl4j_host_t.allocate(arena);
        hl4j_host_t.env(host, MemorySegment.NULL);
        hl4j_host_t.call(host, hl4j_host_function_t.allocate(this::call, arena));
        hl4j_host_t.finalizer(host, MemorySegment.NULL);
    }

    /** The struct that the native library takes. */
    MemorySegment host() {
        return host;
    }

    /**
     * {@return what went wrong in the host since the last time, through no fault of a program or a tool; it ended the
     * run}
     */
    public @Nullable Throwable takeFailure() {
        Throwable taken = failure;
        failure = null;
        return taken;
    }

    /** Frees the function; a second time does nothing. The sandbox must be gone. */
    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private int call(MemorySegment env, MemorySegment call, MemorySegment reply) {
        try {
            return calls.answer(new HostCall(call), new HostReply(reply));
        } catch (RunEndedException e) {
            return END_RUN;
        } catch (Throwable e) {
            failure = e;
            return END_RUN;
        }
    }
}
