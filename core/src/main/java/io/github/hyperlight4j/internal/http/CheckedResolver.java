package io.github.hyperlight4j.internal.http;

import java.io.Serial;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Finds the addresses of one exchange's host, and gives the client those only that it may connect to. The client connects
 * to what it gets from here, so there is no second look-up whose answer could be another one.
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
            return new InetAddress[] {literal}; // Allowed as it stands, or it would not have come this far.
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
