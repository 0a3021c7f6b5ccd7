/**
 * The files that a program sees: {@code /input}, read from the host where it was mounted, {@code /output} and
 * {@code /tmp}, whose names are never names on the host.
 */
@NullMarked
package io.github.hyperlight4j.internal.files;

import org.jspecify.annotations.NullMarked;
