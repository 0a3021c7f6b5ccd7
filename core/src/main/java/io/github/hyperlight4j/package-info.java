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
 * try (Sandbox sandbox = Sandbox.of(SandboxConfig.builder().tool(orders).build())) {
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
 * {@link io.github.hyperlight4j.Sandbox} runs one program at a time; other callers wait. A
 * {@link io.github.hyperlight4j.SandboxPool} runs several. A run is a native call, which would keep a virtual thread on
 * its carrier until the program ends; so it is done by a platform thread for it, and the virtual thread parks. Loading a
 * snapshot, making a sandbox and closing one are short native calls that a virtual thread makes itself.
 *
 * <p>Errors: misuse is a {@code NullPointerException}, {@code IllegalArgumentException} or
 * {@code IllegalStateException}. What the host could not do is a {@link io.github.hyperlight4j.HyperlightException}.
 * What the program did, whatever it was, is an {@link io.github.hyperlight4j.Outcome}.
 */
@NullMarked
package io.github.hyperlight4j;

import org.jspecify.annotations.NullMarked;
