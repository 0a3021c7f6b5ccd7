package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.RunListener;

/** Nobody listens: nothing is kept for it. */
public enum NoListener implements RunListener {
    /** The only one. */
    INSTANCE
}
