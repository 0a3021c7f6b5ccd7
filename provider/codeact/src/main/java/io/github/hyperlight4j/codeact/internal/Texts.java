package io.github.hyperlight4j.codeact.internal;

import io.github.hyperlight4j.AllowedDomain;
import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.Limits;
import io.github.hyperlight4j.Outcome;
import io.github.hyperlight4j.SandboxConfig;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.ToolSignature;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * Every text of this module that a model reads. They are short, because they are paid for in every turn; the golden files
 * of the tests hold them in full and count their tokens. Never a host path, never a secret.
 */
public final class Texts {

    /** The name of the tool. */
    public static final String NAME = "execute_code";

    /** The JSON Schema of the input. */
    public static final String INPUT_SCHEMA = """
            {"type":"object","properties":{"code":{"type":"string","description":"Python code to run."}},\
            "required":["code"],"additionalProperties":false}""";

    /** The text of a result without output. */
    public static final String NO_OUTPUT = "Code executed successfully without output.";

    /** The message of every failure; the details are what helps. */
    public static final String EXECUTION_ERROR = "Execution error";

    /** The message when code was not run at all. */
    public static final String NOT_RUN = "Not executed";

    static final String CUT = "[...]";

    private Texts() {}

    /**
     * {@return whether code has files to read, and so {@code /output} to write to}
     *
     * @param config the configuration of the sandbox
     */
    public static boolean hasFiles(SandboxConfig config) {
        return config.workspace().isPresent() || !config.fileMounts().isEmpty();
    }

    /**
     * {@return the text to add to the agent's instructions}
     *
     * @param toolsVisible whether the model is offered the code's tools directly as well
     * @param files whether there are files
     */
    public static String instructions(boolean toolsVisible, boolean files) {
        return """
               You have one primary tool, execute_code: it runs Python in a sandbox. Prefer one execute_code call per request: \
               loop, filter and combine results in that code.
               Its description lists the tools that the code can use through call_tool(...), and the files, network and limits it has.
               print() what should come back; the value of the last expression is not returned.%s
               %s
               """.formatted(
                        files ? " Write larger things to /output/<name>: they come back as files." : "",
                        toolsVisible
                                ? "Some of these tools may also be offered directly; prefer execute_code to combine them."
                                : "These tools are not offered directly: use them through execute_code.");
    }

    /**
     * {@return the tool's description}
     *
     * @param config the configuration of the sandbox
     */
    public static String description(SandboxConfig config) {
        StringBuilder text = new StringBuilder("""
                Run Python 3.14 (standard library) in an isolated sandbox. Each call starts afresh: variables do not stay. \
                Only what you print(), and files in /output, come back.
                """);
        tools(text, config.tools());
        files(text, config);
        network(text, config.allowedDomains());
        limits(text, config.limits());
        return text.toString();
    }

    private static void tools(StringBuilder text, List<Tool> tools) {
        if (tools.isEmpty()) {
            text.append("\nTools: none.\n");
            return;
        }
        text.append("""

                Tools, called from the code: call_tool("name", key=value, ...), with keyword arguments only, never a dict. \
                It returns Python values, or raises a RuntimeError. Several at the same time: \
                call_tools([("name", {"key": value}), ...]) returns their results in order; with asyncio, \
                await call_tool_async("name", key=value).
                """);
        tools.forEach(tool -> tool(text, tool));
        text.append("Combine calls in one program instead of one execute_code per call.\n");
    }

    private static void tool(StringBuilder text, Tool tool) {
        ToolSignature signature = tool.signature();
        text.append("- ").append(tool.name());
        if (!tool.description().isBlank()) {
            text.append(": ").append(oneLine(tool.description()));
        }
        text.append('\n');
        for (ToolSignature.Parameter parameter : signature.parameters()) {
            text.append("  ").append(parameter(parameter)).append('\n');
        }
        if (!signature.parameters().stream().allMatch(ToolSignature.Parameter::isComplete)) {
            text.append("  JSON Schema: ").append(tool.parameters()).append('\n');
        }
        signature
                .returns()
                .ifPresent(type -> text.append("  returns ").append(type).append('\n'));
    }

    private static String parameter(ToolSignature.Parameter parameter) {
        StringJoiner facts = new StringJoiner(", ", parameter.name() + " (", ")");
        parameter.type().ifPresent(facts::add);
        facts.add(parameter.isRequired() ? "required" : "optional");
        parameter.defaultValue().map("default "::concat).ifPresent(facts::add);
        if (!parameter.constraints().isEmpty()) {
            facts.add(oneLine(parameter.constraints()));
        }
        return parameter.description().isBlank() ? facts.toString() : facts + ": " + oneLine(parameter.description());
    }

    private static void files(StringBuilder text, SandboxConfig config) {
        if (!hasFiles(config)) {
            text.append("\nFiles: none to read. What you write to /output comes back with the result.\n");
            return;
        }
        text.append("\nFiles: read-only ");
        StringJoiner paths = new StringJoiner(", ");
        if (config.workspace().isPresent()) {
            paths.add("/input/ (the workspace)");
        }
        config.fileMounts().forEach(mount -> paths.add(oneLine(mount.guestPath())));
        text.append(paths).append(". What you write to /output comes back with the result.\n");
    }

    private static void network(StringBuilder text, List<AllowedDomain> domains) {
        if (domains.isEmpty()) {
            text.append("Network: none.\n");
            return;
        }
        text.append("Network, with urllib, requests or http_get/http_post, only to:\n");
        for (AllowedDomain domain : domains) {
            text.append("- ")
                    .append(domain.target())
                    .append(": ")
                    .append(String.join(", ", domain.methods()))
                    .append('\n');
        }
    }

    private static void limits(StringBuilder text, Limits limits) {
        text.append("Limits: ")
                .append(duration(limits.wallTime()))
                .append(" in all, tools included; ")
                .append(
                        switch (limits.outputOverflow()) {
                            case CUT -> "printed output is cut after ";
                            case STOP -> "the code is stopped when it prints more than ";
                        })
                .append(limits.stdout())
                .append(".\n");
    }

    /**
     * {@return the line that stands for a file in text}
     *
     * @param path its path below {@code /output}
     * @param mediaType its media type
     * @param size its bytes
     */
    public static String outputFile(String path, String mediaType, long size) {
        return "[File " + oneLine(path) + ", " + mediaType + ", " + ByteSize.ofBytes(size) + "]";
    }

    /**
     * {@return a text that ends its line}
     *
     * @param text any text
     */
    public static String line(String text) {
        return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
    }

    /**
     * {@return the reason of code that was not executed}
     *
     * @param reason the approval hook's reason
     */
    public static String refused(String reason) {
        return "approval was refused: " + (reason.isBlank() ? "no reason was given" : reason.strip())
                + ". Nothing was executed. Do not try the same again; ask, or find another way.";
    }

    /** Returns the reason of code that was not executed for want of an approval hook. */
    public static String noApprover() {
        return "this code needs approval, and nobody is there to give it. Nothing was executed.";
    }

    /** Returns the reason of code that was not executed since the approval hook failed. */
    public static String approverFailed() {
        return "this code needs approval, and asking for it failed. Nothing was executed.";
    }

    /**
     * {@return the problem of arguments of {@code execute_code}, with a right call}
     *
     * @param problem a clause
     */
    public static String badArguments(String problem) {
        return problem + ". Call execute_code with one argument, the Python code as a string: "
                + "{\"code\": \"print(1 + 1)\"}";
    }

    /**
     * {@return the problem of code that cannot be run}
     *
     * @param problem core's message
     */
    public static String badCode(String problem) {
        return problem + ". Nothing was executed.";
    }

    static String exitCode(int exitCode, boolean silent) {
        return silent
                ? "Unknown sandbox error: the code called sys.exit(%d) and wrote nothing to stderr.".formatted(exitCode)
                : "The code called sys.exit(%d).".formatted(exitCode);
    }

    static String timedOut(Duration limit) {
        return "Timed out: the code and its tools took more than " + duration(limit)
                + " and were stopped; what was printed until then is kept."
                + " Do less in one call, avoid endless loops, and use call_tools for several slow tools.";
    }

    static String outOfMemory(String detail) {
        return "Out of memory: " + sentence(detail) + " Work on smaller pieces, or stream the data.";
    }

    static String outputLimit(Outcome.OutputStream stream, ByteSize limit) {
        return "Stopped: the code wrote more than " + limit + " to " + stream
                + "; what came before is kept. Print a summary, and write the rest to a file in /output.";
    }

    static String toolCallLimit(int limit) {
        return "Stopped: the code called tools more than " + limit
                + " times. Ask for what is needed in fewer calls, or split the work.";
    }

    static String cancelled() {
        return "Cancelled by the application; what was printed until then is kept. Do not try again by yourself.";
    }

    static String crashed(String reason) {
        return "The sandbox crashed: " + sentence(reason)
                + " The next call starts from a clean one. Deep recursion is the usual cause: use a loop.";
    }

    static String failedAt(String type, int line, String source) {
        return type + " at line " + line + " of your code: " + source;
    }

    static String leftOut(int lines) {
        return "  [" + lines + " lines left out]";
    }

    static String signature(Tool tool) {
        return "Signature: " + tool.signature();
    }

    private static String duration(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? duration.toSeconds() + " s"
                : String.format(Locale.ROOT, "%.3f s", duration.toMillis() / 1000.0);
    }

    private static String sentence(String text) {
        String stripped = text.strip();
        return stripped.endsWith(".") ? stripped : stripped + ".";
    }

    /** A description may come from anywhere, and must not look like another line of the list. */
    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    /**
     * {@return the details of a failure without output files, since a limit cut one of them}
     *
     * @param details other details; may be blank
     * @param cut paths below {@code /output}
     */
    static String withCutFiles(String details, List<String> cut) {
        String sentence = "No output files are returned: these did not fit the limits and were cut: "
                + String.join(", ", cut) + ". Write less to /output.";
        return details.isBlank() ? sentence : details.stripTrailing() + "\n" + sentence;
    }
}
