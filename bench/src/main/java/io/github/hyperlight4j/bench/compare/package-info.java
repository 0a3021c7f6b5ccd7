/**
 * The same steps with this library and with upstream's Python SDK, side by side.
 *
 */
@NullMarked
package io.github.hyperlight4j.bench.compare;

import org.jspecify.annotations.NullMarked;
