package io.github.hyperlight4j.internal.tool;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import io.github.hyperlight4j.internal.json.Json;
import io.github.hyperlight4j.internal.json.JsonException;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tool, ready to be called.
 *
 * @param name its name
 * @param parameters what it takes
 * @param implementation what it does
 */
public record ToolDefinition(String name, ParameterSchema parameters, ToolImplementation implementation) {

    private static final System.Logger LOG = System.getLogger("io.github.hyperlight4j.tool");

    /**
     * Calls the tool. Whatever the application does is an answer.
     *
     * @param json the arguments, as the guest sent them
     * @param resultLimit the most that the result may take
     * @return the answer
     */
    public ToolAnswer call(byte[] json, ByteSize resultLimit) {
        try {
            ObjectNode arguments = parameters.check(Json.readObject(json));
            return answer(implementation.call(arguments), resultLimit);
        } catch (JsonException | ArgumentException e) {
            return ToolAnswer.failure(
                    GuestMessages.badArguments(name, String.valueOf(e.getMessage()), parameters.signature(name)));
        } catch (Throwable e) {
            return failed(e);
        }
    }

    /**
     * {@return what to tell the program}
     *
     * @param cause what the application threw, or why it could not even be called
     */
    public ToolAnswer failed(Throwable cause) {
        log(cause);
        return ToolAnswer.failure(GuestMessages.failed(name, cause)).withCause(cause);
    }

    private ToolAnswer answer(@Nullable Object result, ByteSize limit) {
        byte[] json;
        try {
            json = Json.write(result);
        } catch (JsonException e) {
            return ToolAnswer.failure(GuestMessages.badResult(name, String.valueOf(e.getMessage())));
        }
        return json.length <= limit.bytes()
                ? ToolAnswer.result(json)
                : ToolAnswer.failure(GuestMessages.resultTooLarge(name, json.length, limit));
    }

    private void log(Throwable e) {
        try {
            LOG.log(e instanceof OutOfMemoryError ? Level.WARNING : Level.DEBUG, "Tool '" + name + "' failed", e);
        } catch (Throwable ignored) {
            // The program still gets its answer.
        }
    }
}
