package io.github.hyperlight4j.internal.run;

import io.github.hyperlight4j.HttpSettings;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.internal.files.Mounts;
import io.github.hyperlight4j.internal.http.HttpAccess;
import io.github.hyperlight4j.internal.tool.ToolDefinition;
import io.github.hyperlight4j.internal.tool.ToolRegistry;
import java.util.List;
import java.util.function.UnaryOperator;

/** Settings of runs that have neither files nor network. */
final class Settings {

    private Settings() {}

    static RunSettings of(Limits limits, RunListener listener, ToolDefinition... tools) {
        return of(limits, listener, UnaryOperator.identity(), tools);
    }

    static RunSettings of(
            Limits limits, RunListener listener, UnaryOperator<Runnable> toolContext, ToolDefinition... tools) {
        return of(new ToolThreads(), limits, listener, toolContext, tools);
    }

    /** Settings of a configuration that others share. */
    static RunSettings of(ToolThreads threads, Limits limits, ToolDefinition... tools) {
        return of(threads, limits, RunListener.none(), UnaryOperator.identity(), tools);
    }

    static RunSettings of(ToolThreads threads, Limits limits, RunListener listener, ToolDefinition... tools) {
        return of(threads, limits, listener, UnaryOperator.identity(), tools);
    }

    private static RunSettings of(
            ToolThreads threads,
            Limits limits,
            RunListener listener,
            UnaryOperator<Runnable> toolContext,
            ToolDefinition... tools) {
        return new RunSettings(
                new ToolRegistry(List.of(tools)),
                limits,
                listener,
                toolContext,
                threads,
                Mounts.NONE,
                new HttpAccess(List.of(), HttpSettings.defaults()));
    }
}
