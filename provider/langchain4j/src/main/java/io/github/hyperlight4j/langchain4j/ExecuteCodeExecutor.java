package io.github.hyperlight4j.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import io.github.hyperlight4j.codeact.CodeResult;
import io.github.hyperlight4j.codeact.HyperlightExecuteCodeTool;
import org.jspecify.annotations.Nullable;

/** Executes the code that a model sent, in the invocation of the service for which it was sent. */
record ExecuteCodeExecutor(HyperlightExecuteCodeTool tool) implements ToolExecutor {

    @Override
    public String execute(ToolExecutionRequest request, Object memoryId) {
        InvocationContext context =
                InvocationContext.builder().chatMemoryId(memoryId).build();
        try (CodeResult result = run(request, context)) {
            return result.text();
        }
    }

    @Override
    public ToolExecutionResult executeWithContext(ToolExecutionRequest request, @Nullable InvocationContext context) {
        CodeResult result = run(request, context);
        return ToolExecutionResult.builder()
                .isError(!result.isSuccess())
                .result(result)
                .resultText(result.text())
                .build();
    }

    private CodeResult run(ToolExecutionRequest request, @Nullable InvocationContext context) {
        return Invocations.during(context, () -> tool.executeArguments(request.arguments()));
    }
}
