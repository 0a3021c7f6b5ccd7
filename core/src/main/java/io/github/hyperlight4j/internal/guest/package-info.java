/** The guest's interface in Java: the functions that a program in the micro-VM can call, and their errors. */
@NullMarked
package io.github.hyperlight4j.internal.guest;

import org.jspecify.annotations.NullMarked;
