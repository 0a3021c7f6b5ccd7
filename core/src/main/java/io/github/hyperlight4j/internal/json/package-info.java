/** JSON between Python and Java: strict, bounded, and the same values on both sides. */
@NullMarked
package io.github.hyperlight4j.internal.json;

import org.jspecify.annotations.NullMarked;
