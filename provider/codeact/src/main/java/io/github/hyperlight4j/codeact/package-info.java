/**
 * CodeAct for agents: instead of calling one tool after the other, the model writes a program that calls them, and that
 * program runs in a Hyperlight micro-VM. For any agent framework, and for none.
 *
 * {@snippet :
 * record Order(String item, double price) {}
 * record ForUser(@ToolParameter("The user's id") long userId) {}
 *
 * Tool orders = Tool.of("orders", "A user's orders.", ForUser.class,
 *         arguments -> List.of(new Order("lamp", 19.5), new Order("desk", 180.0)));
 *
 * HyperlightCodeActProvider codeAct = HyperlightCodeActProvider.builder()
 *         .config(SandboxConfig.of(List.of(orders)))
 *         .build();
 *
 * CodeActRun run = codeAct.newRun();
 * String system = "You help in a shop.\n\n" + run.instructions();
 * HyperlightExecuteCodeTool tool = run.executeCode(); // name(), description() and inputSchema() are for the model
 * CodeResult result = tool.executeArguments(
 *         "{\"code\": \"print(sum(o['price'] for o in call_tool('orders', userId=7)))\"}");
 * String answer = result.text();
 * }
 *
 * <p>Null: nothing here takes or returns {@code null} unless it is marked {@code @Nullable}; {@code null} elsewhere is a
 * {@link java.lang.NullPointerException}.
 *
 * <p>Threads: everything here but builders may be used from any number of threads at once. Code is executed on the
 * caller's behalf, and the caller waits; tools run on threads of the library's own, several at the same time when the code
 * asks for that.
 *
 * <p>Errors: misuse is a {@code NullPointerException}, {@code IllegalArgumentException} or {@code IllegalStateException}.
 * What the host could not do is a {@link io.github.hyperlight4j.HyperlightException}. Whatever the model's code did, or
 * was not allowed to do, is a {@link io.github.hyperlight4j.codeact.CodeResult} for the model.
 */
@NullMarked
package io.github.hyperlight4j.codeact;

import org.jspecify.annotations.NullMarked;
