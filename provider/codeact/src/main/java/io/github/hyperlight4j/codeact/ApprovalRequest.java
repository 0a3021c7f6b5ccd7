package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.codeact.internal.VisibleText;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Code that waits for approval. What is approved is exactly this code, with these tools, files and hosts; approval is for
 * one execution.
 *
 * @param code the whole code, as it would run
 * @param config the configuration of the sandbox in which it would run
 * @param attributes the attributes that the application gave to {@code execute}: whose conversation it is, for instance;
 *     unmodifiable
 */
public record ApprovalRequest(String code, SandboxConfig config, Map<String, Object> attributes) {

    /** Checks for {@code null}, and copies. */
    public ApprovalRequest {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(config, "config");
        attributes = Map.copyOf(attributes);
    }

    /** Returns the tools that the code can call; unmodifiable. */
    public List<Tool> tools() {
        return config.tools();
    }

    /**
     * Returns the code for display, with characters that a person cannot see, or that change the order of what is seen,
     * in the form {@code <U+202E>}: control characters other than line feed and tab, bidirectional and other format
     * characters, unusual line separators, unassigned and private characters. Equal to {@link #code()} if there are none.
     */
    public String visibleCode() {
        return VisibleText.of(code);
    }

    /**
     * Returns whether the code can import modules from {@code /input}, which is on Python's {@code sys.path}: it can if
     * the sandbox has a workspace or file mounts. Then what an {@code import} runs is not in the code: it is in those
     * files, as they are when the code runs.
     */
    public boolean canImportFiles() {
        return config.workspace().isPresent() || !config.fileMounts().isEmpty();
    }
}
