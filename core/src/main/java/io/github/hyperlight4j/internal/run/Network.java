package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.internal.http.AllowRule;
import io.github.hyperlight4j.internal.http.HttpAccess;
import io.github.hyperlight4j.internal.http.HttpConfig;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What programs can request. Made ready for the first program that requests something: reading the authorities that TLS
 * trusts takes longer than most programs, and most request nothing.
 */
public final class Network {

    private final List<AllowRule> rules;
    private final HttpConfig config;
    private @Nullable HttpAccess access;

    /**
     * @param rules what is allowed
     * @param config how requests are made
     */
    public Network(Collection<AllowRule> rules, HttpConfig config) {
        this.rules = List.copyOf(rules);
        this.config = config;
    }

    synchronized HttpAccess access() {
        if (access == null) {
            access = new HttpAccess(rules, config);
        }
        return access;
    }
}
