/**
 * The benchmark sample: one task, one agent loop, one chat model; once with direct tools, once with CodeAct.
 *
 * @see io.github.hyperlight4j.bench.agent.Benchmark
 */
@NullMarked
package io.github.hyperlight4j.bench.agent;

import org.jspecify.annotations.NullMarked;
