package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.http.AllowRule;
import io.github.hyperlight4j.internal.http.SecretHeader;
import io.github.hyperlight4j.internal.http.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * URLs that a program may request. Immutable. Equality is value-based.
 *
 * {@snippet :
 * AllowedDomain docs = AllowedDomain.of("docs.example.com", "GET");
 * AllowedDomain api = AllowedDomain.of("https://api.example.com/v1/")
 *         .withHeader("Authorization", "Bearer " + token);
 * }
 *
 * A target is
 * <ul>
 *   <li>a host: {@code example.com}, over HTTP and HTTPS, on their own ports 80 and 443;
 *   <li>a host with a port: {@code example.com:8443}, over HTTP and HTTPS, on that port only;
 *   <li>either of them with a scheme, a path or both: {@code https://api.example.com/v1/}. The path is a prefix of whole
 *       segments: {@code /v1} and {@code /v1/users} match, {@code /v10} does not.
 * </ul>
 * A host is a name or an IP address, and stands for itself only: not for its subdomains, and there are no wildcards.
 *
 * <p>A name's addresses are checked when a program requests it, and a connection goes to an address that was checked. They
 * must be public, unless {@link #withPrivateAddresses()} says otherwise; a target that is an IP address is allowed as it
 * stands, and {@code localhost} is this machine.
 */
public final class AllowedDomain {

    private final AllowRule rule;

    private AllowedDomain(AllowRule rule) {
        this.rule = rule;
    }

    /**
     * Returns an entry for a target.
     *
     * @param target what is allowed
     * @param methods the methods that are allowed, in any case; if none is given, DELETE, GET, HEAD, OPTIONS, PATCH, POST
     *     and PUT
     * @return the entry
     * @throws IllegalArgumentException if the target or a method is not one, or cannot be allowed; the message says what
     *     would be right
     */
    public static AllowedDomain of(String target, String... methods) {
        return methods.length == 0
                ? new AllowedDomain(AllowRule.of(parse(target), AllowRule.USUAL_METHODS))
                : of(target, Arrays.asList(methods));
    }

    /**
     * Returns an entry for a target and methods.
     *
     * @param target what is allowed
     * @param methods the methods that are allowed, in any case; at least one
     * @return the entry
     * @throws IllegalArgumentException as in {@link #of(String, String...)}, and if there is no method
     */
    public static AllowedDomain of(String target, Collection<String> methods) {
        return new AllowedDomain(AllowRule.of(parse(target), AllowRule.methods(methods)));
    }

    private static Target parse(String target) {
        return Target.parse(Objects.requireNonNull(target, "target"));
    }

    /**
     * Returns an entry that also adds a header to each request that it allows, and replaces the program's own of that name.
     * The program does not see it: it is added outside the sandbox, anew for each request, those after a redirect
     * included; and where the server's header fields repeat the value, it is taken out. A server that repeats it in a
     * response's body does show it.
     *
     * <p>It is sent over HTTPS only, unless the target begins with {@code http://}.
     *
     * @param name the header's name; one of the same name is replaced
     * @param value its value, a secret
     * @return an entry with that header
     * @throws IllegalArgumentException if it cannot be a header, or the HTTP client sets it
     */
    public AllowedDomain withHeader(String name, String value) {
        SecretHeader header =
                SecretHeader.of(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
        List<SecretHeader> headers = new ArrayList<>(rule.headers());
        headers.removeIf(other -> other.name().equalsIgnoreCase(name));
        headers.add(header);
        return new AllowedDomain(
                new AllowRule(rule.target(), rule.methods(), headers, rule.privateAddresses(), rule.bodies()));
    }

    /**
     * Returns an entry whose host's name may resolve to addresses of private networks and of this machine: for services
     * inside one's own network. Without it a request whose name has no public address is refused. Link-local addresses and
     * those of clouds' metadata services are refused all the same; such a target can be allowed by its IP address.
     */
    public AllowedDomain withPrivateAddresses() {
        return new AllowedDomain(new AllowRule(rule.target(), rule.methods(), rule.headers(), true, rule.bodies()));
    }

    /**
     * Returns an entry that also allows a body with GET, HEAD and OPTIONS, as some search services want it. By default such
     * a request is refused: a server or gateway that does not expect the body may take it for the next request.
     */
    public AllowedDomain withGetBodies() {
        return new AllowedDomain(
                new AllowRule(rule.target(), rule.methods(), rule.headers(), rule.privateAddresses(), true));
    }

    /**
     * Returns the target in its canonical form, which identifies the entry: in lower case, names in ASCII, no slash at its
     * end, no port that the scheme implies.
     */
    public String target() {
        return rule.target().toString();
    }

    /** Returns the methods: in upper case, sorted. */
    public List<String> methods() {
        return rule.methods();
    }

    AllowRule rule() {
        return rule;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AllowedDomain domain && domain.rule.equals(rule);
    }

    @Override
    public int hashCode() {
        return rule.hashCode();
    }

    /** Returns the target, the methods and the names of headers; no header's value. */
    @Override
    public String toString() {
        return "AllowedDomain[" + rule + (rule.headers().isEmpty() ? "" : ", with " + rule.headers())
                + (rule.privateAddresses() ? ", private addresses" : "")
                + (rule.bodies() ? ", GET with a body" : "") + "]";
    }
}
