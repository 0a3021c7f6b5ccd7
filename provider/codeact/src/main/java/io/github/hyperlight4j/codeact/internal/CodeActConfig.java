package io.github.hyperlight4j.codeact.internal;

import io.github.hyperlight4j.AllowedDomain;
import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.FileMount;
import io.github.hyperlight4j.HttpSettings;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.RunListener;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What code can use, and whether it needs approval. Immutable: a change is another configuration, so a run that holds one
 * is not touched by it.
 *
 * @param tools the tools, by name, in the order in which they were added
 * @param requestedApproval whether all code needs approval, whatever its tools
 * @param workspaceRoot the directory that is {@code /input}, if there is one
 * @param mounts the file mounts, by their normalised mount path, in the order in which they were added
 * @param domains the allowed domains, by their normalised target, sorted
 * @param host what else the sandbox is given
 */
public record CodeActConfig(
        Map<String, Tool> tools,
        ApprovalMode requestedApproval,
        @Nullable Path workspaceRoot,
        Map<String, FileMount> mounts,
        Map<String, AllowedDomain> domains,
        Host host) {

    /**
     * What a sandbox is given that the model does not see as a thing of its own.
     *
     * @param limits what one execution may use
     * @param http how requests are made
     * @param output hears of what the code prints, while it runs
     * @param toolContext how the caller's context gets to the tools
     */
    public record Host(
            Limits limits, HttpSettings http, RunListener output, Supplier<UnaryOperator<Runnable>> toolContext) {

        private static final Host DEFAULTS =
                new Host(Limits.defaults(), HttpSettings.defaults(), RunListener.none(), UnaryOperator::identity);
    }

    /** The configuration of a builder on which nothing was called. */
    public static final CodeActConfig EMPTY =
            new CodeActConfig(Map.of(), ApprovalMode.NEVER_REQUIRE, null, Map.of(), Map.of(), Host.DEFAULTS);

    /** Copies. */
    public CodeActConfig {
        tools = Collections.unmodifiableMap(new LinkedHashMap<>(tools));
        mounts = Collections.unmodifiableMap(new LinkedHashMap<>(mounts));
        domains = Collections.unmodifiableMap(new TreeMap<>(domains));
    }

    /**
     * {@return the same with these tools; one whose name is taken replaces that one, and moves last}
     *
     * @param added the tools
     */
    public CodeActConfig withTools(Iterable<Tool> added) {
        Map<String, Tool> map = new LinkedHashMap<>(tools);
        for (Tool tool : added) {
            map.remove(tool.name());
            map.put(tool.name(), tool);
        }
        return withTools(map);
    }

    /**
     * {@return the same without a tool}
     *
     * @param name its name
     * @throws IllegalArgumentException if there is none of that name
     */
    public CodeActConfig withoutTool(String name) {
        Map<String, Tool> left = new LinkedHashMap<>(tools);
        if (left.remove(Objects.requireNonNull(name, "name")) == null) {
            throw absent(tools, "tool is called", name);
        }
        return withTools(left);
    }

    /**
     * {@return the same with these tools only}
     *
     * @param tools the tools, by name
     */
    public CodeActConfig withTools(Map<String, Tool> tools) {
        return new CodeActConfig(tools, requestedApproval, workspaceRoot, mounts, domains, host);
    }

    /**
     * {@return the same with these mounts; one whose path is taken replaces that one, and moves last}
     *
     * @param added the mounts
     */
    public CodeActConfig withMounts(Iterable<FileMount> added) {
        Map<String, FileMount> map = new LinkedHashMap<>(mounts);
        for (FileMount mount : added) {
            map.remove(mount.mountPath());
            map.put(mount.mountPath(), mount);
        }
        return withMounts(map);
    }

    /**
     * {@return the same without a mount}
     *
     * @param mountPath where it is, in any form that a mount's path may have
     * @throws IllegalArgumentException if there is none at that path, or it is not such a path
     */
    public CodeActConfig withoutMount(String mountPath) {
        Map<String, FileMount> left = new LinkedHashMap<>(mounts);
        if (!left.values().removeIf(mount -> mount.isMountedAt(mountPath))) {
            throw absent(mounts, "file mount is at", mountPath);
        }
        return withMounts(left);
    }

    /**
     * {@return the same with these mounts only}
     *
     * @param mounts the mounts, by their path
     */
    public CodeActConfig withMounts(Map<String, FileMount> mounts) {
        return new CodeActConfig(tools, requestedApproval, workspaceRoot, mounts, domains, host);
    }

    /**
     * {@return the same with these domains; one whose target is taken replaces that one}
     *
     * @param added the domains
     */
    public CodeActConfig withDomains(Iterable<AllowedDomain> added) {
        Map<String, AllowedDomain> map = new LinkedHashMap<>(domains);
        added.forEach(domain -> map.put(domain.target(), domain));
        return withDomains(map);
    }

    /**
     * {@return the same without a domain}
     *
     * @param target its target, in any form that a domain's target may have
     * @throws IllegalArgumentException if there is none of that target, or it is not such a target
     */
    public CodeActConfig withoutDomain(String target) {
        Map<String, AllowedDomain> left = new LinkedHashMap<>(domains);
        if (left.remove(AllowedDomain.of(target).target()) == null) {
            throw absent(domains, "allowed domain is", target);
        }
        return withDomains(left);
    }

    /**
     * {@return the same with these domains only}
     *
     * @param domains the domains, by their target
     */
    public CodeActConfig withDomains(Map<String, AllowedDomain> domains) {
        return new CodeActConfig(tools, requestedApproval, workspaceRoot, mounts, domains, host);
    }

    /**
     * {@return the same with another answer to whether all code needs approval}
     *
     * @param mode the answer
     */
    public CodeActConfig withApproval(ApprovalMode mode) {
        return new CodeActConfig(
                tools, Objects.requireNonNull(mode, "approvalMode"), workspaceRoot, mounts, domains, host);
    }

    /**
     * {@return the same with a workspace}
     *
     * @param directory an existing directory
     * @throws IllegalArgumentException if it is not one
     */
    public CodeActConfig withWorkspaceRoot(Path directory) {
        if (!Files.isDirectory(Objects.requireNonNull(directory, "workspaceRoot"))) {
            throw new IllegalArgumentException("workspaceRoot must be an existing directory: " + directory);
        }
        return new CodeActConfig(tools, requestedApproval, directory, mounts, domains, host);
    }

    /**
     * {@return the same with something else that the sandbox is given}
     *
     * @param host what it is given
     */
    public CodeActConfig withHost(Host host) {
        return new CodeActConfig(tools, requestedApproval, workspaceRoot, mounts, domains, host);
    }

    /**
     * {@return the configuration of a sandbox's run}
     *
     * @param tools these tools, with what is to happen around their calls
     */
    public SandboxConfig sandbox(List<Tool> tools) {
        SandboxConfig.Builder builder = SandboxConfig.builder()
                .tools(tools)
                .fileMounts(mounts.values())
                .allowedDomains(domains.values())
                .limits(host.limits)
                .http(host.http)
                .listener(host.output)
                .toolContext(host.toolContext);
        if (workspaceRoot != null) {
            builder.workspace(workspaceRoot);
        }
        return builder.build();
    }

    /** Returns whether code needs approval: it does if that was requested, or if one of its tools requires it. */
    public ApprovalMode approvalMode() {
        boolean required = requestedApproval == ApprovalMode.ALWAYS_REQUIRE
                || tools.values().stream().anyMatch(tool -> tool.approval() == ApprovalMode.ALWAYS_REQUIRE);
        return required ? ApprovalMode.ALWAYS_REQUIRE : ApprovalMode.NEVER_REQUIRE;
    }

    /** Returns whether code has files: something to read, and {@code /output} to write to. */
    public boolean hasFiles() {
        return workspaceRoot != null || !mounts.isEmpty();
    }

    private static IllegalArgumentException absent(Map<String, ?> map, String what, String given) {
        return new IllegalArgumentException("No " + what + " '" + given + "'. There "
                + (map.isEmpty() ? "is none." : "is: " + String.join(", ", map.keySet()) + "."));
    }
}
