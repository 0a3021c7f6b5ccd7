package io.github.hyperlight4j.internal.snapshot;

import io.github.hyperlight4j.HyperlightException;
import java.util.ArrayList;
import java.util.List;

/**
 * The identity of what a snapshot was made from, and where: it fits what has the same key. The native library is part of
 * it, and with it Hyperlight's version, the hypervisor and what runs under the interpreter.
 *
 * @param text all of it, in a line for a person
 */
public record SnapshotKey(String text) {

    /** Changes when snapshots are to be made differently from the same things. */
    private static final String FORMAT = "format 2";

    private static final int LONGEST_NAME = 250;

    /**
     * Makes the key for a runtime folder on this machine.
     *
     * @param runtime the folder
     * @return the key
     * @throws HyperlightException if a file of the runtime is missing, damaged or cannot be read
     */
    public static SnapshotKey of(RuntimeDirectory runtime) {
        List<String> words = new ArrayList<>(List.of(FORMAT));
        words.addAll(runtime.describe());
        words.addAll(List.of("cpu", CpuModel.describe()));
        return new SnapshotKey(String.join(" ", words));
    }

    /** Returns a name for a directory: the same text, of letters, digits and hyphens, and not too long for a name. */
    String directoryName() {
        String name = text.strip().replaceAll("[^A-Za-z0-9]+", "-");
        return name.substring(0, Math.min(name.length(), LONGEST_NAME));
    }
}
