/**
 * The sandbox's network: which requests are allowed, and the client that makes them. A run has its own
 * {@link io.github.hyperlight4j.internal.http.HttpExchanges}, over an application's
 * {@link io.github.hyperlight4j.internal.http.HttpAccess}.
 */
@NullMarked
package io.github.hyperlight4j.internal.http;

import org.jspecify.annotations.NullMarked;
