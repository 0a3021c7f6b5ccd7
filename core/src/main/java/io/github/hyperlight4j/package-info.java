/**
 * Sandboxes that run Python, the tools that reach back into Java, and the results.
 *
 * {@snippet :
 * record Order(String item, double price) {}
 * record ForUser(long userId) {}
 *
 * Tool orders = Tool.of("orders", "A user's orders.", ForUser.class,
 *         arguments -> List.of(new Order("lamp", 19.5), new Order("desk", 180.0)));
 *
 * try (Sandbox sandbox = Sandbox.builder().tool(orders).build()) {
 *     RunResult result = sandbox.run("print(sum(o['price'] for o in call_tool('orders', userId=7)))");
 *     System.out.print(result.stdout());
 * }
 * }
 *
 * <p>Null: nothing here takes or returns {@code null} unless it is marked {@code @Nullable}; {@code null} elsewhere is
 * a
 * {@link java.lang.NullPointerException}.
 *
 * <p>Threads: everything here may be used from any thread, and everything immutable from several at once. A
 * {@link io.github.hyperlight4j.Sandbox} runs one program at a time; other callers wait. Calls into the micro-VM are
 * native calls: a virtual thread that makes one stays on its carrier until it returns.
 *
 * <p>Errors: misuse is a {@code NullPointerException}, {@code IllegalArgumentException} or
 * {@code IllegalStateException}. What the host could not do is a {@link io.github.hyperlight4j.HyperlightException}.
 * What the program did, whatever it was, is an {@link io.github.hyperlight4j.Outcome}.
 */
@NullMarked
package io.github.hyperlight4j;

import org.jspecify.annotations.NullMarked;
