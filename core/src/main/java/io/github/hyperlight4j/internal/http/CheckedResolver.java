package io.github.hyperlight4j.internal.http;

import java.io.Serial;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.apache.hc.client5.http.DnsResolver;

/**
 * The look-up of one exchange's host, which gives the client only addresses that it may connect to. The client connects to
 * what it gets from here, so there is no second look-up whose answer could differ.
 */
final class CheckedResolver implements DnsResolver {

    private final Host host;
    private final boolean privateAddresses;
    private final NameLookup names;

    CheckedResolver(Host host, boolean privateAddresses, NameLookup names) {
        this.host = host;
        this.privateAddresses = privateAddresses;
        this.names = names;
    }

    /** A resolver of names. */
    @FunctionalInterface
    interface NameLookup {

        /** {@return the addresses, at least one} */
        InetAddress[] lookUp(String name) throws UnknownHostException;
    }

    /** None of a name's addresses may be reached. */
    static final class AddressRefusedException extends UnknownHostException {
        @Serial
        private static final long serialVersionUID = 1L;

        AddressRefusedException(String message) {
            super(message);
        }
    }

    @Override
    public InetAddress[] resolve(String name) throws UnknownHostException {
        InetAddress literal = host.address();
        if (literal != null) {
            return new InetAddress[] {literal
            }; // The allow-list names the very address, or the request had been refused.
        }
        InetAddress[] allowed = Arrays.stream(names.lookUp(host.name()))
                .filter(address -> mayReach(AddressKind.of(address)))
                .toArray(InetAddress[]::new);
        if (allowed.length == 0) {
            throw new AddressRefusedException("The name " + Quoted.of(host.name())
                    + " stands for an address that is not public. Allowed are public addresses, and others only where the"
                    + " application says so for this very name");
        }
        return allowed;
    }

    private boolean mayReach(AddressKind kind) {
        return switch (kind) {
            case PUBLIC -> !host.isLocalhost();
            case LOOPBACK -> privateAddresses || host.isLocalhost();
            case PRIVATE -> privateAddresses && !host.isLocalhost();
            case SPECIAL -> false;
        };
    }

    @Override
    public String resolveCanonicalHostname(String name) {
        return name;
    }
}
