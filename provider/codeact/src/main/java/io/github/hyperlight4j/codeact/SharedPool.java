package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.SandboxPool;
import org.jspecify.annotations.Nullable;

/** The pool of everybody who has none of their own. It starts when it is first used, and lasts as long as the process. */
final class SharedPool {

    private static @Nullable SandboxPool pool;

    private SharedPool() {}

    /** Returns the pool. When it could not be made, the next call tries again: somebody may have mended the host. */
    static synchronized SandboxPool get() {
        SandboxPool made = pool;
        if (made == null) {
            made = SandboxPool.builder().build();
            pool = made;
        }
        return made;
    }
}
