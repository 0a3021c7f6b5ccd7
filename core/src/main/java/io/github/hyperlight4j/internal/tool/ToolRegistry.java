package io.github.hyperlight4j.internal.tool;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tools that a program can call. Immutable. */
public final class ToolRegistry {

    private final Map<String, RegisteredTool> tools;

    /**
     * @param definitions the tools, in the order in which they are listed
     * @throws IllegalArgumentException if two have one name
     */
    public ToolRegistry(List<ToolDefinition> definitions) {
        this(definitions, Throwable.class, new ToolAccount());
    }

    /**
     * @param definitions the tools, in the order in which they are listed
     * @param visible the exceptions whose messages a program sees
     * @param account of the configuration
     * @throws IllegalArgumentException if two have one name
     */
    public ToolRegistry(List<ToolDefinition> definitions, Class<? extends Throwable> visible, ToolAccount account) {
        Map<String, RegisteredTool> byName = new LinkedHashMap<>();
        for (ToolDefinition definition : definitions) {
            RegisteredTool tool = new RegisteredTool(definition, visible, account);
            if (byName.putIfAbsent(definition.name(), tool) != null) {
                throw new IllegalArgumentException("Two tools are called '" + definition.name() + "'");
            }
        }
        tools = Collections.unmodifiableMap(byName);
    }

    /**
     * {@return the tool, or {@code null}}
     *
     * @param name a name that the guest chose
     */
    public @Nullable RegisteredTool find(String name) {
        return tools.get(name);
    }

    /**
     * {@return what to tell the program}
     *
     * @param name a name that is not registered
     */
    public ToolAnswer unknown(String name) {
        return ToolAnswer.failure(ToolErrorText.unknownTool(name, new ArrayList<>(tools.keySet())));
    }

    /**
     * {@return what to tell the program}
     *
     * @param name a registered tool
     * @param size of the arguments, in bytes
     * @param limit what they may take
     */
    public ToolAnswer argumentsTooLarge(String name, long size, ByteSize limit) {
        return ToolAnswer.failure(ToolErrorText.argumentsTooLarge(name, size, limit));
    }
}
