/**
 * The sandbox's network: the allow-list, and the client that makes requests. A run has its own
 * {@link io.github.hyperlight4j.internal.http.HttpExchanges}, over an application's
 * {@link io.github.hyperlight4j.internal.http.HttpAccess}.
 */
@NullMarked
package io.github.hyperlight4j.internal.http;

import org.jspecify.annotations.NullMarked;
