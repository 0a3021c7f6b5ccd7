/** The main job as a program: grand totals over users and orders, through small tools. */
@NullMarked
package io.github.hyperlight4j.bench.demo;

import org.jspecify.annotations.NullMarked;
