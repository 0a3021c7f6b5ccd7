package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.Tool;
import java.util.List;

/**
 * One execution of code, as a {@link CodeActListener} hears of it. Immutable; equal only to itself, so that it can be a
 * key.
 */
public final class Execution {

    private final String code;
    private final List<Tool> tools;

    Execution(String code, List<Tool> tools) {
        this.code = code;
        this.tools = tools;
    }

    /** Returns the code, as it runs. */
    public String code() {
        return code;
    }

    /** Returns what the code can call; unmodifiable. */
    public List<Tool> tools() {
        return tools;
    }
}
