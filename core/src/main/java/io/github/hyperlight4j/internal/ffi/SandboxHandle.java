package io.github.hyperlight4j.internal.ffi;

import static java.nio.charset.StandardCharsets.UTF_8;

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
     * @param upcall the host's side; must outlive the sandbox
     * @return the sandbox
     * @throws NativeException if that fails
     */
    public static SandboxHandle boot(Path image, HostUpcall upcall) throws NativeException {
        byte[] path = image.toString().getBytes(UTF_8);
        return new SandboxHandle(NativeCalls.produce(
                (arena, out) -> hl4j_h.hl4j_sandbox_boot(NativeCalls.lend(arena, path), upcall.host(), out)));
    }

    /**
     * Makes a micro-VM in the state of a snapshot.
     *
     * @param snapshot the state
     * @param upcall the host's side; must outlive the sandbox
     * @return the sandbox
     * @throws NativeException if that fails
     */
    public static SandboxHandle of(SnapshotHandle snapshot, HostUpcall upcall) throws NativeException {
        return new SandboxHandle(
                NativeCalls.produce((arena, out) -> hl4j_h.hl4j_sandbox_new(snapshot.pointer(), upcall.host(), out)));
    }

    /**
     * Runs a program to its end.
     *
     * @param source Python, in UTF-8
     * @param keep whether it goes on in the {@code __main__} that the program before left behind; otherwise it has a
     *     fresh one
     * @param memory how many bytes the interpreter's memory may grow to
     * @return how it ended
     * @throws NativeException if it did not end by itself
     */
    public GuestOutcome run(byte[] source, boolean keep, long memory) throws NativeException {
        return GuestOutcome.take(NativeCalls.produce((arena, out) ->
                hl4j_h.hl4j_sandbox_run(pointer(), NativeCalls.lend(arena, source), keep, memory, out)));
    }

    /**
     * Does now what the first run after a restore would do. A program sees no difference. The host can be asked
     * meanwhile.
     *
     * @throws NativeException if that fails
     */
    public void prepare() throws NativeException {
        NativeCalls.check(hl4j_h.hl4j_sandbox_prepare(pointer()));
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
