package io.github.hyperlight4j.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderRequest;
import dev.langchain4j.service.tool.ToolProviderResult;
import io.github.hyperlight4j.codeact.CodeActRun;
import io.github.hyperlight4j.codeact.HyperlightCodeActProvider;
import io.github.hyperlight4j.codeact.HyperlightExecuteCodeTool;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives a {@link HyperlightCodeActProvider}'s CodeAct to an {@code AiServices} agent. Each call of the service is a run of
 * its own: instructions and tool come from the provider's configuration as it is when the call begins, and what is changed
 * during the call is for later ones.
 *
 * <p>Code that needs approval is approved by the provider's {@link io.github.hyperlight4j.codeact.ApprovalHook}, on the
 * thread on which LangChain4j executes the tool. {@link #currentInvocation()} returns the call to it.
 */
public final class LangChain4jCodeAct implements ToolProvider {

    private final HyperlightCodeActProvider provider;
    private final String key = "io.github.hyperlight4j.run@" + Integer.toHexString(System.identityHashCode(this));

    private LangChain4jCodeAct(HyperlightCodeActProvider provider) {
        this.provider = provider;
    }

    /**
     * Returns an adapter.
     *
     * @param provider whose CodeAct it gives; stays the caller's, who may go on to change it
     * @return the adapter
     */
    public static LangChain4jCodeAct of(HyperlightCodeActProvider provider) {
        return new LangChain4jCodeAct(Objects.requireNonNull(provider, "provider"));
    }

    /**
     * Adds the tool and the instructions to a service. It sets the service's system message transformer; a service that
     * has one of its own calls {@link #addInstructions} there, and adds this as a tool provider by itself.
     *
     * @param services the service that is being built
     * @return the same
     * @param <T> the service
     */
    public <T> AiServices<T> install(AiServices<T> services) {
        return services.toolProvider(this).systemMessageTransformer(this::addInstructions);
    }

    /**
     * Begins a run, and adds its instructions to the system message of the service's call.
     *
     * @param systemMessage the system message; may be {@code null} if there is none
     * @param context the call
     * @return the system message with the instructions behind it
     */
    public String addInstructions(@Nullable String systemMessage, InvocationContext context) {
        CodeActRun run = provider.newRun();
        // The tool that belongs to these instructions is asked for later in the same call.
        parameters(context).ifPresent(parameters -> parameters.put(key(context), run));
        return systemMessage == null || systemMessage.isBlank()
                ? run.instructions()
                : systemMessage + "\n\n" + run.instructions();
    }

    @Override
    public ToolProviderResult provideTools(ToolProviderRequest request) {
        InvocationContext context = request.invocationContext();
        Object begun = parameters(context)
                .map(parameters -> parameters.asMap().remove(key(context)))
                .orElse(null);
        CodeActRun run = begun instanceof CodeActRun known ? known : provider.newRun();
        HyperlightExecuteCodeTool tool = run.executeCode().withToolContext(Invocations::capture);
        return ToolProviderResult.builder()
                .add(specification(tool), new ExecuteCodeExecutor(tool))
                .build();
    }

    /**
     * Returns the service's call that the current thread works for: in an approval hook, and in a provider's tool.
     *
     * @return the call; empty on other threads
     */
    public static Optional<InvocationContext> currentInvocation() {
        return Optional.ofNullable(Invocations.current());
    }

    /** Returns LangChain4j's description of the tool. */
    static ToolSpecification specification(HyperlightExecuteCodeTool tool) {
        return ToolSpecification.builder()
                .name(tool.name())
                .description(tool.description())
                .parameters(JsonObjectSchema.builder()
                        .addStringProperty("code", "Python code to run.")
                        .required("code")
                        .additionalProperties(false)
                        .build())
                .build();
    }

    private String key(InvocationContext context) {
        return key + context.invocationId();
    }

    private static Optional<InvocationParameters> parameters(@Nullable InvocationContext context) {
        return Optional.ofNullable(context).map(InvocationContext::invocationParameters);
    }
}
