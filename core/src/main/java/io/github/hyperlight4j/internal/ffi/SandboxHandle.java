package io.github.hyperlight4j.internal.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.hyperlight4j.bindings.hl4j_bytes_t;
import io.github.hyperlight4j.bindings.hl4j_h;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** A micro-VM with an interpreter in it. Serves one call at a time. Not to be closed during one. */
public final class SandboxHandle extends NativeObject {

    private SandboxHandle(MemorySegment pointer) {
        super(pointer, hl4j_h::hl4j_sandbox_delete);
    }

    /**
     * Boots a micro-VM and starts the interpreter.
     *
     * @param image the guest image
     * @param upcall the host's side
     * @return the sandbox
     * @throws NativeException if that fails
     */
    public static SandboxHandle boot(Path image, HostUpcall upcall) throws NativeException {
        byte[] path = image.toString().getBytes(UTF_8);
        return new SandboxHandle(NativeCalls.produce(
                (arena, out) -> hl4j_h.hl4j_sandbox_boot(NativeCalls.lend(arena, path), upcall.host(arena), out)));
    }

    /**
     * Makes a micro-VM in the state of a snapshot.
     *
     * @param snapshot the state
     * @param upcall the host's side
     * @return the sandbox
     * @throws NativeException if that fails
     */
    public static SandboxHandle of(SnapshotHandle snapshot, HostUpcall upcall) throws NativeException {
        return new SandboxHandle(NativeCalls.produce(
                (arena, out) -> hl4j_h.hl4j_sandbox_new(snapshot.pointer(), upcall.host(arena), out)));
    }

    /**
     * Calls a function that the guest exports.
     *
     * @param function the name that the guest knows it by
     * @param arguments one message for each parameter
     * @return the result, a message that the guest chose
     * @throws NativeException if the call did not return
     * @throws StackOverflowError if the current thread's stack has no room for the calls that the guest makes meanwhile
     */
    public byte[] call(String function, MemorySegment... arguments) throws NativeException {
        MemorySegment result = NativeCalls.produce((arena, out) -> {
            MemorySegment name = NativeCalls.lend(arena, function.getBytes(UTF_8));
            MemorySegment messages = hl4j_bytes_t.allocateArray(arguments.length, arena);
            for (int i = 0; i < arguments.length; i++) {
                MemorySegment message = hl4j_bytes_t.asSlice(messages, i);
                hl4j_bytes_t.data(message, arguments[i]);
                hl4j_bytes_t.len(message, arguments[i].byteSize());
            }
            return hl4j_h.hl4j_sandbox_call(pointer(), name, messages, arguments.length, out);
        });
        try {
            return NativeCalls.bytes(result, hl4j_h::hl4j_result_bytes);
        } finally {
            hl4j_h.hl4j_result_delete(result);
        }
    }

    /**
     * Captures the state.
     *
     * @return the snapshot, with the caller as its owner
     * @throws NativeException if that fails
     */
    public SnapshotHandle snapshot() throws NativeException {
        return new SnapshotHandle(NativeCalls.produce((arena, out) -> hl4j_h.hl4j_sandbox_snapshot(pointer(), out)));
    }

    /**
     * Puts the state back, whatever happened in between.
     *
     * @param snapshot the state
     * @throws NativeException if that fails
     */
    public void restore(SnapshotHandle snapshot) throws NativeException {
        NativeCalls.check(hl4j_h.hl4j_sandbox_restore(pointer(), snapshot.pointer()));
    }

    /**
     * {@return the means to end a run of this sandbox}
     *
     * @throws NativeException if that fails
     */
    public InterruptHandle interrupt() throws NativeException {
        return new InterruptHandle(NativeCalls.produce((arena, out) -> hl4j_h.hl4j_sandbox_interrupt(pointer(), out)));
    }
}
