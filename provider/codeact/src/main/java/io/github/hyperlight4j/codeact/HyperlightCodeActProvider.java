package io.github.hyperlight4j.codeact;

import io.github.hyperlight4j.AllowedDomain;
import io.github.hyperlight4j.ApprovalMode;
import io.github.hyperlight4j.FileMount;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Tool;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Gives CodeAct to an agent: for each of its runs, instructions and one {@code execute_code} tool. Its own tools are
 * called from the code, through {@code call_tool}; the model is not offered them directly.
 *
 * {@snippet :
 * HyperlightCodeActProvider codeAct = HyperlightCodeActProvider.builder()
 *         .config(SandboxConfig.builder()
 *                 .tools(Tools.of(new Shop()))
 *                 .workspace(Path.of("/srv/reports"))
 *                 .build())
 *         .build();
 *
 * CodeActRun run = codeAct.newRun(); // For each run of the agent.
 * agent.run(question, run.instructions(), run.executeCode());
 * }
 *
 * <p>Tools, file mounts and allowed domains may be changed at any time, from any thread, while runs are in progress. A run
 * works on the configuration of the moment at which it began, as a whole; a change is for later runs only.
 *
 * <p>A provider holds no micro-VMs and need not be closed: they belong to a pool, by default a pool shared by the
 * process, which starts when code is first executed. A pool that was given to the builder stays its owner's to close.
 */
public final class HyperlightCodeActProvider {

    /** The tool of the present configuration, of which each run gets a copy. */
    private final AtomicReference<HyperlightExecuteCodeTool> tool;

    private HyperlightCodeActProvider(Builder builder) {
        this.tool = new AtomicReference<>(builder.tool());
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
        HyperlightExecuteCodeTool executeCode = tool.get().forRun();
        return new CodeActRun(executeCode.buildInstructions(false), executeCode);
    }

    /** Returns whether code of a run that began now would need approval. */
    public ApprovalMode approvalMode() {
        return tool.get().approvalMode();
    }

    /** Returns the configuration of runs that begin now. */
    public SandboxConfig config() {
        return tool.get().config();
    }

    /**
     * Adds a tool. A tool of the same name is replaced, and the new one comes last.
     *
     * @param tool the tool
     */
    public void addTool(Tool tool) {
        addTools(List.of(tool));
    }

    /**
     * Adds tools, all at once for runs that begin meanwhile. Tools of the same names are replaced, and the new ones
     * come last.
     *
     * @param tools the tools
     */
    public void addTools(Collection<Tool> tools) {
        List<Tool> added = List.copyOf(tools);
        change(current -> current.withTools(merged(current.tools(), added, Tool::name)));
    }

    /** Returns the tools, in the order in which they were added; an unmodifiable copy. */
    public List<Tool> tools() {
        return config().tools();
    }

    /**
     * Removes a tool.
     *
     * @param name its name
     * @throws IllegalArgumentException if there is none of that name
     */
    public void removeTool(String name) {
        Objects.requireNonNull(name, "name");
        change(current -> current.withTools(
                without(current.tools(), Tool::name, tool -> tool.name().equals(name), "tool is called", name)));
    }

    /** Removes all tools. */
    public void clearTools() {
        change(current -> current.withTools(List.of()));
    }

    /**
     * Adds a file mount. A mount of the same path is replaced, and the new one comes last.
     *
     * @param mount the mount
     */
    public void addFileMount(FileMount mount) {
        addFileMounts(List.of(mount));
    }

    /**
     * Adds file mounts, all at once for runs that begin meanwhile. Mounts of the same paths are replaced, and the
     * new ones come last.
     *
     * @param mounts the mounts
     */
    public void addFileMounts(Collection<FileMount> mounts) {
        List<FileMount> added = List.copyOf(mounts);
        change(current -> current.withFileMounts(merged(current.fileMounts(), added, FileMount::mountPath)));
    }

    /** Returns the file mounts, in the order in which they were added; an unmodifiable copy. */
    public List<FileMount> fileMounts() {
        return config().fileMounts();
    }

    /**
     * Removes a file mount.
     *
     * @param mountPath its mount path, with or without {@code /input/}
     * @throws IllegalArgumentException if there is none at that path, or it is not such a path
     */
    public void removeFileMount(String mountPath) {
        change(current -> current.withFileMounts(without(
                current.fileMounts(),
                FileMount::mountPath,
                mount -> mount.isMountedAt(mountPath),
                "file mount is at",
                mountPath)));
    }

    /** Removes all file mounts. */
    public void clearFileMounts() {
        change(current -> current.withFileMounts(List.of()));
    }

    /**
     * Adds an allowed domain. An entry of the same target is replaced.
     *
     * @param domain the domain
     */
    public void addAllowedDomain(AllowedDomain domain) {
        addAllowedDomains(List.of(domain));
    }

    /**
     * Adds allowed domains, all at once for runs that begin meanwhile. Entries of the same targets are replaced.
     *
     * @param domains the domains
     */
    public void addAllowedDomains(Collection<AllowedDomain> domains) {
        List<AllowedDomain> added = List.copyOf(domains);
        change(current -> current.withAllowedDomains(merged(current.allowedDomains(), added, AllowedDomain::target)));
    }

    /** Returns the allowed domains, sorted by target; an unmodifiable copy. */
    public List<AllowedDomain> allowedDomains() {
        return config().allowedDomains();
    }

    /**
     * Removes an allowed domain.
     *
     * @param target its target
     * @throws IllegalArgumentException if there is none of that target, or it is not such a target
     */
    public void removeAllowedDomain(String target) {
        String normal = AllowedDomain.of(target).target();
        change(current -> current.withAllowedDomains(without(
                current.allowedDomains(),
                AllowedDomain::target,
                domain -> domain.target().equals(normal),
                "allowed domain is",
                target)));
    }

    /** Removes all allowed domains. */
    public void clearAllowedDomains() {
        change(current -> current.withAllowedDomains(List.of()));
    }

    private void change(UnaryOperator<SandboxConfig> change) {
        tool.updateAndGet(current -> current.withConfig(change.apply(current.config())));
    }

    /** Returns the present entries with the added ones, each of which replaces an entry of its key and comes last. */
    private static <T> List<T> merged(List<T> present, List<T> added, Function<T, String> key) {
        Map<String, T> all = new LinkedHashMap<>();
        Stream.concat(present.stream(), added.stream()).forEach(entry -> {
            all.remove(key.apply(entry));
            all.put(key.apply(entry), entry);
        });
        return List.copyOf(all.values());
    }

    private static <T> List<T> without(
            List<T> present, Function<T, String> key, Predicate<T> isRemoved, String what, String given) {
        List<T> left = present.stream().filter(entry -> !isRemoved.test(entry)).toList();
        if (left.size() == present.size()) {
            List<String> keys = present.stream().map(key).toList();
            throw new IllegalArgumentException("No " + what + " '" + given + "'. There "
                    + (keys.isEmpty() ? "is none." : "is: " + String.join(", ", keys) + "."));
        }
        return left;
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
