/** Example programs. {@link Demo} is the main job: grand totals over users and orders, computed in a sandbox through small tools. */
@NullMarked
package io.github.hyperlight4j.bench.examples;

import org.jspecify.annotations.NullMarked;
