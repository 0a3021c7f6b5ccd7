package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.SandboxConfig;
import java.util.Map;

/** One execution of code, as a {@link CodeActListener} is notified of it. Immutable; equal only to itself. */
public final class Execution {

    private final String code;
    private final SandboxConfig config;
    private final Map<String, Object> attributes;

    Execution(String code, SandboxConfig config, Map<String, Object> attributes) {
        this.code = code;
        this.config = config;
        this.attributes = attributes;
    }

    /** Returns the code, as it runs. */
    public String code() {
        return code;
    }

    /** Returns the configuration of its sandbox. */
    public SandboxConfig config() {
        return config;
    }

    /** Returns the attributes that the application gave to {@code execute}; unmodifiable. */
    public Map<String, Object> attributes() {
        return attributes;
    }
}
