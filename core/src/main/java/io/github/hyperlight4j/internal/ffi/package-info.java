/** Handles of the native library's objects: Java above the generated bindings, without policy. */
@NullMarked
package io.github.hyperlight4j.internal.ffi;

import org.jspecify.annotations.NullMarked;
