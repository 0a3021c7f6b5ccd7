/** Tools: schemas of parameters and results, checks and conversion of arguments, calls, and the error texts of calls. */
@NullMarked
package io.github.hyperlight4j.internal.tool;

import org.jspecify.annotations.NullMarked;
