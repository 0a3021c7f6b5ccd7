package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.run.HeldVm;
import io.github.hyperlight4j.internal.run.MicroVm;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Logs that an owner of a micro-VM became unreachable without {@code close()}, and closes it in its place. Must not refer
 * to the owner.
 */
record LeakReport(String owner, BooleanSupplier isClosed, Runnable close) implements Runnable {

    private static @Nullable Cleaner cleaner;

    static void watch(Sandbox owner, HeldVm vm) {
        register(owner, new LeakReport("Sandbox", vm::isClosed, vm::abandon));
    }

    static void watch(Session owner, MicroVm microVm) {
        register(owner, new LeakReport("Session", microVm::isClosed, microVm::abandon));
    }

    /** A sandbox works without its leak report: where the cleaner's thread cannot be had, the next sandbox tries again. */
    private static synchronized void register(Object owner, LeakReport report) {
        try {
            if (cleaner == null) {
                cleaner = Cleaner.create();
            }
            cleaner.register(owner, report);
        } catch (OutOfMemoryError e) {
            log().log(Level.WARNING, "A " + report.owner + " that is dropped without close() will not be reported", e);
        }
    }

    @Override
    public void run() {
        if (!isClosed.getAsBoolean()) {
            log().log(Level.WARNING, "A " + owner + " was dropped without close(): its micro-VM is closed now");
            close.run();
        }
    }

    private static System.Logger log() {
        return System.getLogger("io.github.hyperlight4j.run");
    }
}
