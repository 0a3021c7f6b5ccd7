package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.ffi.HypervisorProbe;
import io.github.hyperlight4j.internal.ffi.NativeException;
import io.github.hyperlight4j.internal.ffi.NativeLibrary;
import io.github.hyperlight4j.internal.snapshot.RuntimeDirectory;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Support of micro-VMs by this host, probed by running one.
 *
 * @param status the result of the probe
 * @param hypervisor the hypervisor that was tried: {@code kvm}, {@code mshv} or {@code whp}
 * @param detail the steps of the probe and their result, for a person
 * @param remedy a way to make it work, for a person; empty if it works
 */
public record HostSupport(Status status, String hypervisor, String detail, Optional<String> remedy) {

    /** Result of the probe. Constants may be added. */
    public enum Status {
        /** Micro-VMs work. */
        USABLE,
        /** The hypervisor's device is not there. */
        NO_DEVICE,
        /** The device exists, but this user may not open it. */
        NO_PERMISSION,
        /** The device is there and can be opened, but it ran no guest. */
        CANNOT_RUN_GUEST,
        /** There are no micro-VMs for this CPU or operating system. */
        UNSUPPORTED_PLATFORM
    }

    /** Checks for {@code null}. */
    public HostSupport {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(hypervisor, "hypervisor");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(remedy, "remedy");
    }

    /**
     * Runs a micro-VM, with the native library of the usual runtime folder. Takes as long as booting one.
     *
     * @return the result
     * @throws HyperlightException if the native library is missing, or cannot be used
     */
    public static HostSupport probe() {
        return probeIn(null);
    }

    /**
     * Runs a micro-VM, with the native library of a runtime folder. Takes as long as booting one.
     *
     * @param runtime the folder
     * @return the result
     * @throws HyperlightException if the native library is missing, or cannot be used
     */
    public static HostSupport probe(Path runtime) {
        return probeIn(Objects.requireNonNull(runtime, "runtime"));
    }

    /** Returns whether micro-VMs work. */
    public boolean isUsable() {
        return status == Status.USABLE;
    }

    private static HostSupport probeIn(@Nullable Path runtime) {
        NativeLibrary.load(RuntimeDirectory.find(runtime).library());
        try {
            HypervisorProbe probe = HypervisorProbe.run();
            return new HostSupport(
                    probe.status(), probe.hypervisor(), probe.detail(), remedy(probe.status(), probe.hypervisor()));
        } catch (NativeException e) {
            throw e.asHostFailure("Looking for a hypervisor");
        }
    }

    static Optional<String> remedy(Status status, String hypervisor) {
        return Optional.of(remedyText(status, hypervisor)).filter(text -> !text.isEmpty());
    }

    private static String remedyText(Status status, String hypervisor) {
        return switch (status) {
            case USABLE -> "";
            case NO_DEVICE ->
                switch (hypervisor) {
                    case "whp" -> "Turn on the Windows feature \"Windows Hypervisor Platform\" and restart.";
                    case "mshv" ->
                        "Use a host that offers /dev/mshv, such as Azure Linux on Hyper-V, or the build for KVM.";
                    default -> """
                        Turn on virtualization (VT-x or AMD-V) in the firmware or, in a virtual machine, nested \
                        virtualization on its host; then load the kernel module: modprobe kvm_intel, or kvm_amd. \
                        A container must be given the device: --device /dev/kvm.""";
                };
            case NO_PERMISSION ->
                switch (hypervisor) {
                    case "whp" -> "Run as a user who may use the Windows Hypervisor Platform.";
                    case "mshv" -> "Let this user open /dev/mshv: usermod -aG mshv USER, and log in again.";
                    default -> "Let this user open /dev/kvm: usermod -aG kvm USER, and log in again.";
                };
            case CANNOT_RUN_GUEST -> """
                    The hypervisor's device is there but runs no guest, as in a virtual machine without nested \
                    virtualization: turn that on for this machine, or use another one.""";
            case UNSUPPORTED_PLATFORM -> "Use an x86-64 machine with Linux (KVM or mshv) or Windows (Hyper-V).";
        };
    }
}
