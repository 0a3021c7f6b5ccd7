/** The orders task: data, the tools over it, and the answer computed in Java. */
@NullMarked
package io.github.hyperlight4j.bench.orders;

import org.jspecify.annotations.NullMarked;
