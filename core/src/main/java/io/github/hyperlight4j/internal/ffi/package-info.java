/** Native handles: the objects of the native library, the calls of it, and its calls of the host. */
@NullMarked
package io.github.hyperlight4j.internal.ffi;

import org.jspecify.annotations.NullMarked;
