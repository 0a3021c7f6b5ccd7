/** A pool of resources that are prepared in the background. */
@NullMarked
package io.github.hyperlight4j.internal.pool;

import org.jspecify.annotations.NullMarked;
