package io.github.hyperlight4j.internal.ffi;

import io.github.hyperlight4j.HostSupport.Status;
import io.github.hyperlight4j.bindings.hl4j_h;
import java.lang.foreign.MemorySegment;

/**
 * The result of booting a micro-VM.
 *
 * @param status whether it worked
 * @param hypervisor the hypervisor that was tried: {@code kvm}, {@code mshv} or {@code whp}
 * @param detail the attempt and its result, in a few words
 */
public record HypervisorProbe(Status status, String hypervisor, String detail) {

    /**
     * Boots a micro-VM. The native library must have been loaded.
     *
     * @return the result
     * @throws NativeException if not even that could be found out
     */
    public static HypervisorProbe run() throws NativeException {
        MemorySegment probe = NativeCalls.produce((arena, out) -> hl4j_h.hl4j_probe_new(out));
        try {
            return new HypervisorProbe(
                    status(hl4j_h.hl4j_probe_status(probe)),
                    NativeCalls.text(probe, hl4j_h::hl4j_probe_hypervisor),
                    NativeCalls.text(probe, hl4j_h::hl4j_probe_detail));
        } finally {
            hl4j_h.hl4j_probe_delete(probe);
        }
    }

    private static Status status(int status) {
        if (status == hl4j_h.HL4J_PROBE_USABLE()) {
            return Status.USABLE;
        } else if (status == hl4j_h.HL4J_PROBE_NO_DEVICE()) {
            return Status.NO_DEVICE;
        } else if (status == hl4j_h.HL4J_PROBE_NO_PERMISSION()) {
            return Status.NO_PERMISSION;
        } else if (status == hl4j_h.HL4J_PROBE_UNSUPPORTED_PLATFORM()) {
            return Status.UNSUPPORTED_PLATFORM;
        }
        return Status.CANNOT_RUN_GUEST;
    }
}
