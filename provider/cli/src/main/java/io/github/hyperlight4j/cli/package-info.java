/** The command line: {@code hyperlight4j run}, {@code warm} and {@code doctor}. */
@NullMarked
package io.github.hyperlight4j.cli;

import org.jspecify.annotations.NullMarked;
