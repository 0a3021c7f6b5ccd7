/** Tools: their parameters' schema, reading arguments, calling, and what the guest is told when that fails. */
@NullMarked
package io.github.hyperlight4j.internal.tool;

import org.jspecify.annotations.NullMarked;
