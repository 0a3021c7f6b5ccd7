/**
 * CodeAct for LangChain4j's {@code AiServices}.
 *
 * {@snippet :
 * interface Assistant {
 *     String chat(String question);
 * }
 *
 * HyperlightCodeActProvider provider = HyperlightCodeActProvider.builder()
 *         .config(SandboxConfig.of(LangChain4jTools.of(new Shop()))) // Its methods have LangChain4j's @Tool.
 *         .build();
 *
 * Assistant assistant = LangChain4jCodeAct.of(provider)
 *         .install(AiServices.builder(Assistant.class).chatModel(model))
 *         .build();
 * String answer = assistant.chat("What did each of our users spend?");
 * }
 *
 * The model is offered {@code execute_code}, besides tools that the application gives to the {@code AiServices} itself.
 * The provider's tools are called from the code. What the code wrote under {@code /output} is in the
 * {@link io.github.hyperlight4j.codeact.CodeResult} that is the result object of the tool's execution:
 *
 * {@snippet :
 * services.afterToolExecution(execution -> {
 *     if (execution.resultObject() instanceof CodeResult result) {
 *         result.contents().forEach(archive::keep);
 *         result.close();
 *     }
 * });
 * }
 *
 * <p>Null: nothing here takes or returns {@code null} unless it is marked {@code @Nullable}; {@code null} elsewhere is a
 * {@link java.lang.NullPointerException}.
 *
 * <p>Threads: everything here may be used from any number of threads at once. LangChain4j executes tools on the thread
 * that called the service, or on its executor's; the code's own tool calls run on threads of the sandbox.
 */
@NullMarked
package io.github.hyperlight4j.langchain4j;

import org.jspecify.annotations.NullMarked;
