package io.github.hyperlight4j.internal.http;

/**
 * A header that the host adds to a request, and keeps from the guest.
 *
 * @param name its name
 * @param value the secret
 */
public record SecretHeader(String name, String value) {

    /**
     * {@return the header}
     *
     * @param name its name
     * @param value the secret
     * @throws IllegalArgumentException if it cannot be sent
     */
    public static SecretHeader of(String name, String value) {
        if (!HeaderRules.isToken(name)) {
            throw new IllegalArgumentException("A header's name is letters, digits and '-', like X-Api-Key: " + name);
        }
        if (HeaderRules.isForConnection(name)) {
            throw new IllegalArgumentException("The header " + name + " is set for each request by the HTTP client");
        }
        if (value.isEmpty() || !value.equals(value.strip()) || !HeaderRules.isValue(value)) {
            throw new IllegalArgumentException("The value of the header " + name
                    + " must be visible characters of Latin-1, without spaces around");
        }
        return new SecretHeader(name, value);
    }

    boolean hasName(String other) {
        return HeaderRules.canonical(other).equals(HeaderRules.canonical(name));
    }

    /** Returns its name only. */
    @Override
    public String toString() {
        return name;
    }
}
