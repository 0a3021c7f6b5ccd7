/** The files that a process loads: the runtime folder, and snapshots that are kept so that it need not boot. */
@NullMarked
package io.github.hyperlight4j.internal.snapshot;

import org.jspecify.annotations.NullMarked;
