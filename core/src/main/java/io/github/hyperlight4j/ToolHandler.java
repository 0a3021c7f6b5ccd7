package io.github.hyperlight4j;

import org.jspecify.annotations.Nullable;

/**
 * Implementation of a tool. Called on a thread of the library's own, which is interrupted when the run ends before the
 * tool. A handler that ignores the interrupt is abandoned: it keeps its thread, and its result is discarded.
 *
 * <p>Its result becomes a Python value:
 *
 * <table>
 *   <caption>Results</caption>
 *   <tr><th>Java</th><th>Python</th></tr>
 *   <tr><td>{@code null}, an empty {@code Optional}</td><td>{@code None}</td></tr>
 *   <tr><td>{@code boolean}, {@code String}, {@code char}</td><td>{@code bool}, {@code str}</td></tr>
 *   <tr><td>integers, {@code BigInteger} up to 4300 digits</td><td>{@code int}</td></tr>
 *   <tr><td>finite {@code float} and {@code double}, {@code BigDecimal} (to the precision of a {@code double})</td>
 *       <td>{@code float}; a {@code BigDecimal} without decimals is an {@code int}</td></tr>
 *   <tr><td>arrays, collections</td><td>{@code list}</td></tr>
 *   <tr><td>maps, records, objects with getters</td><td>{@code dict}</td></tr>
 *   <tr><td>enums</td><td>the constant's name</td></tr>
 *   <tr><td>{@code java.time}, {@code UUID}, {@code URI}</td><td>{@code str}, ISO 8601 where it applies</td></tr>
 *   <tr><td>{@code byte[]}</td><td>{@code str}, base64</td></tr>
 * </table>
 *
 * <p>Handles and computations are refused, at any depth: futures, publishers, streams, iterators, threads, classes,
 * loaders, exceptions, executors and open resources. Anything else, {@code NaN}, infinities, text that is not valid Unicode and values nested more than 500 deep fail
 * the call. The classes of records and objects must be accessible to {@code tools.jackson.databind}, which reads them.
 *
 * @param <A> the type of the arguments
 */
@FunctionalInterface
public interface ToolHandler<A> {

    /**
     * Calls the tool.
     *
     * @param arguments the program's arguments
     * @return the result; {@code null} is {@code None}
     * @throws Exception to fail the call: the program gets a {@code ToolError} with this exception's message
     */
    @Nullable
    Object call(A arguments) throws Exception;
}
