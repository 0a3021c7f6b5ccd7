package io.github.hyperlight4j.internal.tool;

import io.github.hyperlight4j.ByteSize;
import io.github.hyperlight4j.internal.guest.ToolAnswer;
import io.github.hyperlight4j.internal.json.Json;
import io.github.hyperlight4j.internal.json.JsonException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A tool of a configuration, ready to be called. */
public final class RegisteredTool {

    private final ToolDefinition definition;
    private final Class<? extends Throwable> visible;
    private final ToolAccount account;

    RegisteredTool(ToolDefinition definition, Class<? extends Throwable> visible, ToolAccount account) {
        this.definition = definition;
        this.visible = visible;
        this.account = account;
    }

    /**
     * Calls the tool. Whatever the application throws is an answer.
     *
     * @param json the arguments, as the guest sent them
     * @param resultLimit the most that the result may take
     * @return the answer
     */
    public ToolAnswer call(byte[] json, ByteSize resultLimit) {
        try (ArgumentMemory.Held _ = account.memory().hold(json)) {
            ObjectNode arguments = definition.parameters().check(Json.readObject(json));
            return answer(definition.code().call(arguments), resultLimit);
        } catch (JsonException e) {
            return refused(String.valueOf(e.getMessage()));
        } catch (ArgumentException e) {
            return refused(e.message(visible));
        } catch (Throwable e) {
            return failed(e);
        }
    }

    private ToolAnswer refused(String problem) {
        return ToolAnswer.failure(ToolErrorText.badArguments(
                definition.name(), problem, definition.parameters().signature(definition.name())));
    }

    /**
     * {@return what to tell the program}
     *
     * @param cause what the application threw, or why it could not even be called
     */
    public ToolAnswer failed(Throwable cause) {
        log(cause);
        String message = visible.isInstance(cause)
                ? ToolErrorText.failed(definition.name(), cause)
                : ToolErrorText.failed(definition.name());
        return ToolAnswer.failure(message).withCause(cause);
    }

    private ToolAnswer answer(@Nullable Object result, ByteSize limit) {
        try {
            return ToolAnswer.result(Json.write(result, limit.bytes()));
        } catch (Json.TooLargeException e) {
            log(e);
            return ToolAnswer.failure(ToolErrorText.resultTooLarge(definition.name(), e.size(), limit))
                    .withCause(e);
        } catch (JsonException e) {
            log(e);
            return ToolAnswer.failure(ToolErrorText.badResult(definition.name(), String.valueOf(e.getMessage())))
                    .withCause(e);
        }
    }

    private void log(Throwable cause) {
        try {
            account.log().log(definition.name(), cause);
        } catch (Throwable ignored) {
            // The application's exception or logger failed in turn. The program still gets its answer.
        }
    }
}
