/** One run of one program: the host's side of it, its deadline and its end. */
@NullMarked
package io.github.hyperlight4j.internal.run;

import org.jspecify.annotations.NullMarked;
