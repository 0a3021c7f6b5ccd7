package io.github.hyperlight4j.internal.http;

import io.github.hyperlight4j.internal.guest.GuestHttpException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The requests that the guest may make. A request is allowed if one entry allows it. Immutable. */
final class AllowList {

    private static final int MAX_NAMED = 20;

    private final List<AllowRule> rules;

    /** @param rules the entries; of two with the same target the later one counts */
    AllowList(Collection<AllowRule> rules) {
        Map<Target, AllowRule> byTarget = new LinkedHashMap<>();
        rules.forEach(rule -> byTarget.put(rule.target(), rule));
        // The narrowest last: its headers replace those of wider ones.
        this.rules = byTarget.values().stream()
                .sorted(Comparator.comparingInt(rule -> rule.target().specificity()))
                .toList();
    }

    /**
     * The terms of an allowed request.
     *
     * @param headers headers that the host adds
     * @param privateAddresses whether the host's name may resolve to addresses that are not public
     * @param body whether it may have a body
     */
    record Allowed(List<SecretHeader> headers, boolean privateAddresses, boolean body) {}

    /** Fails if no URL on that host and port is allowed. */
    void checkConnection(Url.Authority authority) throws GuestHttpException {
        requireEntries();
        if (rules.stream().noneMatch(rule -> rule.target().mayMatch(authority))) {
            throw GuestHttpException.refused(
                    Quoted.of(authority.toString()) + " is not allowed. Allowed: " + describe());
        }
    }

    Allowed check(String method, Url url) throws GuestHttpException {
        requireEntries();
        List<AllowRule> matching =
                rules.stream().filter(rule -> rule.target().matches(url)).toList();
        if (matching.isEmpty()) {
            throw GuestHttpException.refused(Quoted.of(url.toString()) + " is not allowed. Allowed: " + describe());
        }
        List<AllowRule> allowing = matching.stream()
                .filter(rule -> rule.methods().contains(method))
                .toList();
        if (allowing.isEmpty()) {
            TreeSet<String> methods = new TreeSet<>();
            matching.forEach(rule -> methods.addAll(rule.methods()));
            throw GuestHttpException.refused("The method " + Quoted.of(method) + " is not allowed for "
                    + Quoted.of(url.toString()) + ". Allowed there: " + String.join(", ", methods));
        }
        Map<String, SecretHeader> headers = new TreeMap<>();
        boolean privateAddresses = false;
        boolean body = false;
        for (AllowRule rule : allowing) {
            privateAddresses |= rule.privateAddresses();
            body |= rule.allowsBody(method);
            if (rule.sendsHeaders(url)) {
                rule.headers().forEach(header -> headers.put(HeaderRules.canonical(header.name()), header));
            }
        }
        return new Allowed(new ArrayList<>(headers.values()), privateAddresses, body);
    }

    private void requireEntries() throws GuestHttpException {
        if (rules.isEmpty()) {
            throw GuestHttpException.refused("This sandbox has no network: no host is allowed");
        }
    }

    private String describe() {
        String named = rules.stream()
                .map(AllowRule::toString)
                .sorted()
                .limit(MAX_NAMED)
                .collect(Collectors.joining(", "));
        return rules.size() > MAX_NAMED ? named + " and " + (rules.size() - MAX_NAMED) + " more" : named;
    }
}
