package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.bindings.hl4j_h;
import java.lang.foreign.MemorySegment;

/** Ends a sandbox's run from another thread. */
public final class InterruptHandle extends NativeObject {

    InterruptHandle(MemorySegment pointer) {
        super(pointer, hl4j_h::hl4j_interrupt_delete);
    }

    /**
     * Ends the run that is in progress. One that has not quite begun is missed: repeat it until the run has returned.
     */
    public void kill() {
        hl4j_h.hl4j_interrupt_kill(pointer());
    }
}
