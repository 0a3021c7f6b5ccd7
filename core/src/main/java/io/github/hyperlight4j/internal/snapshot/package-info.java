/** Snapshots that are kept on disk, so that a process does not have to boot. */
@NullMarked
package io.github.hyperlight4j.internal.snapshot;

import org.jspecify.annotations.NullMarked;
