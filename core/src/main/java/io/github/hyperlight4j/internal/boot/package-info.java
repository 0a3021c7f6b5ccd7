/** Booting the interpreter, and loading and keeping its snapshot: what a process does before its first sandbox. */
@NullMarked
package io.github.hyperlight4j.internal.boot;

import org.jspecify.annotations.NullMarked;
