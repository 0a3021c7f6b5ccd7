/** Parts of the provider and its tool: arguments, texts for the model, and the parts of a result. */
@NullMarked
package io.github.hyperlight4j.codeact.internal;

import org.jspecify.annotations.NullMarked;
