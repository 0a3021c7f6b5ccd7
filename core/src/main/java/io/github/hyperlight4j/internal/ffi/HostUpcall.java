package io.github.hyperlight4j.internal.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.bindings.hl4j_bytes_t;
import io.github.hyperlight4j.bindings.hl4j_call_t;
import io.github.hyperlight4j.bindings.hl4j_function_t;
import io.github.hyperlight4j.bindings.hl4j_host_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The host's side of a sandbox, which the native library calls. Every call returns normally: an exception that left the
 * upcall would end the JVM. The native library has refused a run on a thread whose stack has no room for an upcall.
 */
public final class HostUpcall implements AutoCloseable {

    /** Those in use, by the number that the native library passes as {@code env}. Numbers are not used again. */
    private static final Map<Long, HostUpcall> OPEN = new ConcurrentHashMap<>();

    private static final AtomicLong LAST = new AtomicLong();

    /** The native function of all upcalls. Not final: the first attempt to make it may fail. Guarded by this class. */
    private static @Nullable MemorySegment stub;

    private final long number = LAST.incrementAndGet();
    private final List<HostFunction> declarations;
    private volatile @Nullable HostFunctions functions;
    private volatile @Nullable Throwable failure;

    /** @param declarations the functions that the guest can call, at most of 4 parameters each */
    public HostUpcall(List<HostFunction> declarations) {
        this.declarations = List.copyOf(declarations);
        OPEN.put(number, this);
    }

    /** Sets the functions that answer from now on; {@code null} stops the guest at its next call. */
    public void answerWith(@Nullable HostFunctions answering) {
        functions = answering;
    }

    /** {@return the failure since the last time that stopped the guest, if there was one} */
    public @Nullable Throwable takeFailure() {
        Throwable taken = failure;
        failure = null;
        return taken;
    }

    /** Stops answering, for good. */
    @Override
    public void close() {
        OPEN.remove(number);
    }

    /** Returns the struct that the native library copies. */
    MemorySegment host(SegmentAllocator allocator) {
        MemorySegment table = hl4j_function_t.allocateArray(declarations.size(), allocator);
        for (int i = 0; i < declarations.size(); i++) {
            HostFunction declared = declarations.get(i);
            MemorySegment function = hl4j_function_t.asSlice(table, i);
            hl4j_function_t.name(
                    function, NativeCalls.lend(allocator, declared.name().getBytes(UTF_8)));
            hl4j_function_t.parameters(function, declared.parameters());
        }
        MemorySegment host = hl4j_host_t.allocate(allocator);
        hl4j_host_t.env(host, MemorySegment.ofAddress(number));
        hl4j_host_t.call(host, stub());
        hl4j_host_t.functions(host, table);
        hl4j_host_t.function_count(host, declarations.size());
        return host;
    }

    private static synchronized MemorySegment stub() {
        MemorySegment made = stub;
        if (made == null) {
            made = hl4j_call_t.allocate(HostUpcall::call, Arena.global());
            stub = made;
        }
        return made;
    }

    private static boolean call(
            MemorySegment env, int function, MemorySegment arguments, long count, MemorySegment reply) {
        HostUpcall upcall = null;
        try {
            upcall = OPEN.get(env.address());
            return upcall != null && upcall.answer(function, arguments, count, reply);
        } catch (Throwable e) {
            if (upcall != null) {
                upcall.failure = e;
            }
            return false;
        }
    }

    private boolean answer(int function, MemorySegment arguments, long count, MemorySegment reply) throws Exception {
        HostFunctions answering = functions;
        if (answering == null) {
            return false;
        }
        ByteBuffer[] messages = new ByteBuffer[Math.toIntExact(count)];
        for (int i = 0; i < messages.length; i++) {
            messages[i] = NativeCalls.view(hl4j_bytes_t.asSlice(arguments, i)).asByteBuffer();
        }
        return answering.call(function, messages, new HostReply(reply));
    }
}
