/**
 * The files of a program: {@code /input}, read from the host's files that are mounted there, and {@code /output} and
 * {@code /tmp}, which are trees in memory that spill to temporary files.
 */
@NullMarked
package io.github.hyperlight4j.internal.files;

import org.jspecify.annotations.NullMarked;
