package io.github.hyperlight4j.internal.files;

import java.io.IOException;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;

/**
 * Releases what unreachable files hold on the host. Its thread is started when it is first needed, and not in a static
 * initialiser: one failed start would make the class unusable for the life of the JVM.
 */
final class HostCleaner {

    private static @Nullable Cleaner cleaner;

    private HostCleaner() {}

    /**
     * Registers an object.
     *
     * @param release runs once, when the object is unreachable or the result is cleaned; must not refer to the object
     * @throws IOException if there is no thread or memory for it
     */
    static synchronized Cleaner.Cleanable register(Object object, Runnable release) throws IOException {
        try {
            if (cleaner == null) {
                cleaner = Cleaner.create();
            }
            return cleaner.register(object, release);
        } catch (OutOfMemoryError e) { // Of threads, as a rule.
            throw new IOException("There is no thread or memory to release a file of a sandbox later", e);
        }
    }
}
