package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.run.MicroVm;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;

/** Tells of an owner of a micro-VM that nobody can close any more. Must not refer to it. */
record LeakReport(String owner, MicroVm microVm) implements Runnable {

    private static final Cleaner CLEANER = Cleaner.create();

    static void watch(Object owner, MicroVm microVm) {
        CLEANER.register(owner, new LeakReport(owner.getClass().getSimpleName(), microVm));
    }

    @Override
    public void run() {
        if (!microVm.isClosed()) {
            System.getLogger("io.github.hyperlight4j.run")
                    .log(Level.WARNING, "A " + owner + " was dropped without close(): its micro-VM's memory is lost");
        }
    }
}
