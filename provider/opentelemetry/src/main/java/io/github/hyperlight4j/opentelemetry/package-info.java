/**
 * Traces of CodeAct through OpenTelemetry.
 *
 * <p>Null: nothing here takes or returns {@code null}; {@code null} is a {@link java.lang.NullPointerException}. Threads:
 * everything here may be used from any number of threads at once.
 */
@NullMarked
package io.github.hyperlight4j.opentelemetry;

import org.jspecify.annotations.NullMarked;
