package io.github.hyperlight4j.internal.ffi;

/**
 * A function of the host that the guest can call.
 *
 * @param name the name that the guest knows it by
 * @param parameters the number of its parameters
 */
public record HostFunction(String name, int parameters) {}
