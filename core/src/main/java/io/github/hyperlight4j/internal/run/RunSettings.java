package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.internal.files.Mounts;
import io.github.hyperlight4j.internal.http.HttpAccess;
import io.github.hyperlight4j.internal.tool.ToolRegistry;
import java.util.function.UnaryOperator;

/**
 * What one run is given: everything that its program can reach or use up. All of it binds on the host, by name and when
 * it is asked for, so one micro-VM serves any settings. Immutable.
 *
 * @param tools what it can call
 * @param limits what it may use
 * @param listener hears of what it does
 * @param toolContext takes what runs on another thread into the context of the run's caller
 * @param toolThreads the configuration's own threads for tools and the listener
 * @param mounts what it can read
 * @param network what it can request
 */
public record RunSettings(
        ToolRegistry tools,
        Limits limits,
        RunListener listener,
        UnaryOperator<Runnable> toolContext,
        ToolThreads toolThreads,
        Mounts mounts,
        HttpAccess network) {}
