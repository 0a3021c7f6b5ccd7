package io.github.hyperlight4j.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.exception.ToolArgumentsException;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.service.tool.AiServiceTool;
import dev.langchain4j.service.tool.DefaultToolExecutor;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.langchain4j.service.tool.ToolService;
import io.github.hyperlight4j.Tool;
import io.github.hyperlight4j.ToolArguments;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * LangChain4j's tools as tools of a sandbox: for {@code call_tool}, not for the model's own list. They run through
 * LangChain4j's own executors, so what holds for them there holds here: how arguments are read, default values,
 * {@code @ToolMemoryId}, {@code InvocationParameters} and so on. The code gets their results as Python values, not as the
 * text that LangChain4j would give to a model.
 */
public final class LangChain4jTools {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private LangChain4jTools() {}

    /**
     * Returns the tools of objects.
     *
     * @param objects objects that have methods with LangChain4j's {@code @Tool}
     * @return a tool for each such method, in LangChain4j's order
     * @throws dev.langchain4j.service.IllegalConfigurationException if an object has no such method, or LangChain4j cannot
     *     use one
     * @throws IllegalArgumentException if a tool's name is not 1 to 64 letters, digits, {@code _} and {@code -}
     */
    public static List<Tool> of(Object... objects) {
        return Arrays.stream(objects)
                .flatMap(object -> ToolService.findTools(object).stream())
                .map(LangChain4jTools::of)
                .toList();
    }

    /**
     * Returns a tool that was made for an {@code AiServices}, or came from an MCP server.
     *
     * @param tool the tool
     * @return the tool for a sandbox
     * @throws IllegalArgumentException if its name or schema cannot be used
     */
    public static Tool of(AiServiceTool tool) {
        return of(tool.toolSpecification(), tool.toolExecutor());
    }

    /**
     * Returns a tool.
     *
     * @param specification its name, description and parameters
     * @param executor its implementation
     * @return the tool for a sandbox
     * @throws IllegalArgumentException if its name or schema cannot be used
     */
    public static Tool of(ToolSpecification specification, ToolExecutor executor) {
        Objects.requireNonNull(executor, "executor");
        Tool.Builder builder = Tool.builder(specification.name())
                .description(Objects.requireNonNullElse(specification.description(), ""))
                .handler(arguments -> call(specification.name(), executor, arguments));
        if (specification.parameters() != null) {
            builder.parameters(
                    MAPPER.readTree(specification.toJson()).path("parameters").toString());
        }
        Tool tool = builder.build();
        Type returnType = executor instanceof DefaultToolExecutor method
                ? method.originalMethod().getGenericReturnType()
                : void.class;
        return returnType == void.class ? tool : tool.withReturns(returnType);
    }

    private static @Nullable Object call(String name, ToolExecutor executor, ToolArguments arguments) throws Exception {
        ToolExecutionRequest request = ToolExecutionRequest.builder()
                .id(UUID.randomUUID().toString())
                .name(name)
                .arguments(arguments.toJson())
                .build();
        ToolExecutionResult result;
        try {
            result = executor.executeWithContext(request, invocation());
        } catch (ToolExecutionException | ToolArgumentsException e) {
            throw e.getCause() instanceof Exception cause ? cause : e; // What the tool itself threw.
        }
        if (result.isError()) {
            throw new IllegalStateException(text(result));
        }
        return executor instanceof DefaultToolExecutor method
                ? value(method.originalMethod().getReturnType(), result)
                : text(result);
    }

    /** A method's result, as LangChain4j writes it for a model: as it is if it is text, else as JSON. */
    private static @Nullable Object value(Class<?> type, ToolExecutionResult result) {
        if (type == void.class || result.result() == null) {
            return null;
        }
        return type == String.class ? result.result() : MAPPER.readTree(text(result));
    }

    private static String text(ToolExecutionResult result) {
        return result.resultContents().stream()
                .map(content -> {
                    if (content instanceof TextContent part) {
                        return part.text();
                    }
                    throw new IllegalStateException(
                            "its result is " + content.type() + ", and only text and data can be" + " passed on");
                })
                .collect(Collectors.joining("\n"));
    }

    /** The service's call for which the code runs; an empty one where there is none, for LangChain4j expects one. */
    private static InvocationContext invocation() {
        InvocationContext current = Invocations.current();
        return current != null
                ? current
                : InvocationContext.builder()
                        .invocationParameters(new InvocationParameters())
                        .build();
    }
}
