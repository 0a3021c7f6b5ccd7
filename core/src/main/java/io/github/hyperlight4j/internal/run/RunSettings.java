package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.internal.files.Mounts;
import io.github.hyperlight4j.internal.http.HttpAccess;
import io.github.hyperlight4j.internal.tool.ToolRegistry;
import java.util.function.UnaryOperator;

/**
 * The settings of one run: everything that its program can reach or use up. All of it binds on the host, by name and when the
 * program asks for it, so one micro-VM serves any settings. Immutable.
 *
 * @param tools the tools
 * @param limits the limits
 * @param listener the listener
 * @param toolContext transfers the context of the run's caller to another thread
 * @param toolThreads the configuration's own threads for tools and the listener
 * @param mounts the files below {@code /input}
 * @param network the URLs that may be requested
 */
public record RunSettings(
        ToolRegistry tools,
        Limits limits,
        RunListener listener,
        UnaryOperator<Runnable> toolContext,
        ToolThreads toolThreads,
        Mounts mounts,
        HttpAccess network) {}
