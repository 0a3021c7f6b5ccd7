package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.AllowedDomain;
import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.FileMount;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.codeact.internal.CodeActConfig;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Gives CodeAct to an agent: for each of its runs, instructions and one {@code execute_code} tool. Its own tools are
 * called from the code, through {@code call_tool}; the model is not offered them directly.
 *
 * {@snippet :
 * HyperlightCodeActProvider codeAct = HyperlightCodeActProvider.builder()
 *         .tools(Tools.of(new Shop()))
 *         .workspaceRoot(Path.of("/srv/reports"))
 *         .build();
 *
 * CodeActRun run = codeAct.newRun(); // For each run of the agent.
 * agent.run(question, run.instructions(), run.executeCode());
 * }
 *
 * <p>Tools, file mounts and allowed domains may be changed at any time, from any thread, while runs are in progress. A run
 * works on the configuration of the moment at which it began, as a whole; a change is for later runs only.
 *
 * <p>Making a provider costs nothing: the micro-VMs are those of a pool, by default of one that all providers in this
 * process share and that starts when code is first executed. So there is nothing to close here, and a pool that was given
 * to the builder stays its owner's to close.
 */
public final class HyperlightCodeActProvider {

    private final AtomicReference<CodeActConfig> config;
    private final CodeExecutor executor;

    private HyperlightCodeActProvider(Builder builder) {
        this.config = new AtomicReference<>(builder.config());
        this.executor = builder.executor();
    }

    /** Returns a builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Begins an agent's run: takes a copy of the configuration as it is now.
     *
     * @return the run's instructions and its tool
     */
    public CodeActRun newRun() {
        HyperlightExecuteCodeTool tool = new HyperlightExecuteCodeTool(config.get(), executor);
        return new CodeActRun(tool.buildInstructions(false), tool);
    }

    /** Returns whether code of a run that began now would need approval. */
    public ApprovalMode approvalMode() {
        return config.get().approvalMode();
    }

    /**
     * Adds a tool. One that has its name is replaced, and the new one comes last.
     *
     * @param tool the tool
     */
    public void addTool(Tool tool) {
        addTools(List.of(tool));
    }

    /**
     * Adds tools, all at once for runs that begin meanwhile. Those that have one of their names are replaced, and the new
     * ones come last.
     *
     * @param tools the tools
     */
    public void addTools(Collection<Tool> tools) {
        List<Tool> added = List.copyOf(tools);
        config.updateAndGet(current -> current.withTools(added));
    }

    /** Returns the tools, in the order in which they were added; an unmodifiable copy. */
    public List<Tool> tools() {
        return List.copyOf(config.get().tools().values());
    }

    /**
     * Removes a tool.
     *
     * @param name its name
     * @throws IllegalArgumentException if there is none of that name
     */
    public void removeTool(String name) {
        config.updateAndGet(current -> current.withoutTool(name));
    }

    /** Removes all tools. */
    public void clearTools() {
        config.updateAndGet(current -> current.withTools(Map.of()));
    }

    /**
     * Adds a file mount. One that has its mount path is replaced, and the new one comes last.
     *
     * @param mount the mount
     */
    public void addFileMount(FileMount mount) {
        addFileMounts(List.of(mount));
    }

    /**
     * Adds file mounts, all at once for runs that begin meanwhile. Those that have one of their mount paths are replaced,
     * and the new ones come last.
     *
     * @param mounts the mounts
     */
    public void addFileMounts(Collection<FileMount> mounts) {
        List<FileMount> added = List.copyOf(mounts);
        config.updateAndGet(current -> current.withMounts(added));
    }

    /** Returns the file mounts, in the order in which they were added; an unmodifiable copy. */
    public List<FileMount> fileMounts() {
        return List.copyOf(config.get().mounts().values());
    }

    /**
     * Removes a file mount.
     *
     * @param mountPath its mount path, with or without {@code /input/}
     * @throws IllegalArgumentException if there is none at that path, or it is not such a path
     */
    public void removeFileMount(String mountPath) {
        config.updateAndGet(current -> current.withoutMount(mountPath));
    }

    /** Removes all file mounts. */
    public void clearFileMounts() {
        config.updateAndGet(current -> current.withMounts(Map.of()));
    }

    /**
     * Adds an allowed domain. One that has its target is replaced.
     *
     * @param domain the domain
     */
    public void addAllowedDomain(AllowedDomain domain) {
        addAllowedDomains(List.of(domain));
    }

    /**
     * Adds allowed domains, all at once for runs that begin meanwhile. Those that have one of their targets are replaced.
     *
     * @param domains the domains
     */
    public void addAllowedDomains(Collection<AllowedDomain> domains) {
        List<AllowedDomain> added = List.copyOf(domains);
        config.updateAndGet(current -> current.withDomains(added));
    }

    /** Returns the allowed domains, sorted by target; an unmodifiable copy. */
    public List<AllowedDomain> allowedDomains() {
        return List.copyOf(config.get().domains().values());
    }

    /**
     * Removes an allowed domain.
     *
     * @param target its target
     * @throws IllegalArgumentException if there is none of that target, or it is not such a target
     */
    public void removeAllowedDomain(String target) {
        config.updateAndGet(current -> current.withoutDomain(target));
    }

    /** Removes all allowed domains. */
    public void clearAllowedDomains() {
        config.updateAndGet(current -> current.withDomains(Map.of()));
    }

    /** Makes a {@link HyperlightCodeActProvider}. Not for use by several threads at once. */
    public static final class Builder extends CodeActBuilder<Builder> {

        private Builder() {}

        /** Returns the provider. */
        public HyperlightCodeActProvider build() {
            return new HyperlightCodeActProvider(this);
        }
    }
}
