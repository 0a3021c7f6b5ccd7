/** What the provider and its tool are made of: configuration, texts, and how a run is turned into a result. */
@NullMarked
package io.github.hyperlight4j.codeact.internal;

import org.jspecify.annotations.NullMarked;
