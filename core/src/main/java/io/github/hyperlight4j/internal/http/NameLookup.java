package io.github.hyperlight4j.internal.http;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Finds the addresses of a name. */
@FunctionalInterface
interface NameLookup {

    /** {@return the addresses, at least one} */
    InetAddress[] lookUp(String name) throws UnknownHostException;
}
