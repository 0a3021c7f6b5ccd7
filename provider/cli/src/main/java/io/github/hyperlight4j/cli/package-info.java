/** The command line: {@code hyperlight4j run}, {@code warm}, {@code doctor} and {@code help}. */
@NullMarked
package io.github.hyperlight4j.cli;

import org.jspecify.annotations.NullMarked;
