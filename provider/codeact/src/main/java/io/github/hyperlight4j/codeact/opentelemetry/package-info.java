/** Traces through OpenTelemetry, for applications that use it. The rest of the library does without. */
@NullMarked
package io.github.hyperlight4j.codeact.opentelemetry;

import org.jspecify.annotations.NullMarked;
