/** JMH benchmarks of the library: what a caller waits for, and how many it can have. {@code scripts/bench-library} runs them. */
@NullMarked
package io.github.hyperlight4j.bench.jmh;

import org.jspecify.annotations.NullMarked;
