package io.github.hyperlight4j.codeact.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a model sent as the arguments of {@code execute_code}. */
public sealed interface CodeArgument {

    /**
     * Arguments that fit.
     *
     * @param code the code in them
     */
    record Code(String code) implements CodeArgument {}

    /**
     * Arguments that do not.
     *
     * @param problem why, as a clause
     */
    record Wrong(String problem) implements CodeArgument {}

    /** No Python begins with a backtick, so what is between such lines is meant. */
    Pattern FENCE = Pattern.compile("\\s*```[A-Za-z0-9]*[ \\t]*\\R(.*?)\\R?```\\s*", Pattern.DOTALL);

    JsonMapper MAPPER = JsonMapper.builder().build();

    /**
     * {@return the code in a tool call's arguments}
     *
     * @param json what the model sent
     */
    static CodeArgument read(String json) {
        JsonNode arguments;
        try {
            arguments = MAPPER.readTree(json);
        } catch (JacksonException e) {
            return new Wrong("the arguments are not JSON");
        }
        JsonNode code = arguments.path("code");
        if (!code.isString()) {
            return new Wrong(
                    code.isMissingNode() ? "the argument 'code' is missing" : "the argument 'code' is not a string");
        }
        return new Code(code.stringValue());
    }

    /**
     * {@return the code without a Markdown fence around all of it}
     *
     * @param code what the model wrote
     */
    static String withoutFence(String code) {
        Matcher fenced = FENCE.matcher(code);
        return fenced.matches() ? fenced.group(1) : code;
    }
}
