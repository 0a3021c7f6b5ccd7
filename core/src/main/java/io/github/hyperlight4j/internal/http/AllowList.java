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

/** What the guest may request. A request is allowed if one entry allows it. Immutable. */
final class AllowList {

    private static final int MOST_NAMED = 20;

    private final List<AllowRule> rules;

    /** @param rules of two with the same target the later one counts */
    AllowList(Collection<AllowRule> rules) {
        Map<Target, AllowRule> byTarget = new LinkedHashMap<>();
        rules.forEach(rule -> byTarget.put(rule.target(), rule));
        // The narrowest last: its headers replace those of wider ones.
        this.rules = byTarget.values().stream()
                .sorted(Comparator.comparingInt(rule -> rule.target().specificity()))
                .toList();
    }

    /**
     * What goes with a request that is allowed.
     *
     * @param headers what the host adds
     * @param privateAddresses whether the host's name may stand for addresses that are not public
     */
    record Allowed(List<SecretHeader> headers, boolean privateAddresses) {}

    Allowed check(String method, Url url) throws GuestHttpException {
        if (rules.isEmpty()) {
            throw Quoted.refused("This sandbox has no network: no host is allowed");
        }
        List<AllowRule> matching =
                rules.stream().filter(rule -> rule.target().matches(url)).toList();
        if (matching.isEmpty()) {
            throw Quoted.refused(Quoted.of(url.toString()) + " is not allowed. Allowed: " + describe());
        }
        List<AllowRule> allowing = matching.stream()
                .filter(rule -> rule.methods().contains(method))
                .toList();
        if (allowing.isEmpty()) {
            TreeSet<String> methods = new TreeSet<>();
            matching.forEach(rule -> methods.addAll(rule.methods()));
            throw Quoted.refused("The method " + Quoted.of(method) + " is not allowed for " + Quoted.of(url.toString())
                    + ". Allowed there: " + String.join(", ", methods));
        }
        Map<String, SecretHeader> headers = new TreeMap<>();
        boolean privateAddresses = false;
        for (AllowRule rule : allowing) {
            privateAddresses |= rule.privateAddresses();
            if (rule.sendsHeaders(url)) {
                rule.headers().forEach(header -> headers.put(Fields.canonical(header.name()), header));
            }
        }
        return new Allowed(new ArrayList<>(headers.values()), privateAddresses);
    }

    private String describe() {
        String named = rules.stream()
                .map(AllowRule::toString)
                .sorted()
                .limit(MOST_NAMED)
                .collect(Collectors.joining(", "));
        return rules.size() > MOST_NAMED ? named + " and " + (rules.size() - MOST_NAMED) + " more" : named;
    }
}
