package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.Tool;
import java.util.List;
import java.util.Objects;

/**
 * Code that waits for approval.
 *
 * @param code the whole code, as it would run
 * @param tools what it can call; unmodifiable
 */
public record ApprovalRequest(String code, List<Tool> tools) {

    /** Checks for {@code null}, and copies. */
    public ApprovalRequest {
        Objects.requireNonNull(code, "code");
        tools = List.copyOf(tools);
    }
}
