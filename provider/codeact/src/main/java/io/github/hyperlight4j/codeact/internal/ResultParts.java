package io.github.hyperlight4j.codeact.internal;

import io.github.hyperlight4j.OutputFile;
import io.github.hyperlight4j.RunResult;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.codeact.Content;
import java.util.ArrayList;
import java.util.List;

/** Makes the parts of a result, in the contract's order. */
public final class ResultParts {

    private ResultParts() {}

    /**
     * {@return the parts; at least one}
     *
     * @param run the result of the run
     * @param code its code
     * @param tools its tools
     */
    public static List<Content> of(RunResult run, String code, List<Tool> tools) {
        String details = run.isSuccess() ? run.stderr() : FailureText.of(run.outcome(), run.stderr(), code, tools);
        List<String> cut = run.outputFiles().stream()
                .filter(file -> !file.isComplete())
                .map(OutputFile::path)
                .toList();
        if (!cut.isEmpty()) {
            return failure(run.stdout(), List.of(), Texts.withCutFiles(details, cut));
        }
        List<Content.File> files =
                run.outputFiles().stream().map(Content.File::new).toList();
        return run.isSuccess() ? success(run.stdout(), files, details) : failure(run.stdout(), files, details);
    }

    static List<Content> success(String stdout, List<Content.File> files, String stderr) {
        List<Content> parts = new ArrayList<>();
        addText(parts, stdout);
        parts.addAll(files);
        addText(parts, stderr);
        if (parts.isEmpty()) {
            parts.add(new Content.Text(Texts.NO_OUTPUT));
        }
        return parts;
    }

    static List<Content> failure(String stdout, List<Content.File> files, String details) {
        List<Content> parts = new ArrayList<>();
        addText(parts, stdout);
        parts.addAll(files);
        parts.add(new Content.Failure(Texts.EXECUTION_ERROR, details));
        return parts;
    }

    private static void addText(List<Content> parts, String text) {
        if (!text.isEmpty()) {
            parts.add(new Content.Text(text.replace("\r\n", "\n")));
        }
    }
}
