/** The command line: {@code hyperlight4j run} and {@code hyperlight4j doctor}. */
@NullMarked
package io.github.hyperlight4j.cli;

import org.jspecify.annotations.NullMarked;
