/** The orders task, which the demo and the benchmark share: a shop's users and orders, and the tools over them. */
@NullMarked
package io.github.hyperlight4j.bench.orders;

import org.jspecify.annotations.NullMarked;
