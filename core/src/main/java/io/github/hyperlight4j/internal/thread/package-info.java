/** Threads of the library. They inherit nothing from the application's threads. */
@NullMarked
package io.github.hyperlight4j.internal.thread;

import org.jspecify.annotations.NullMarked;
