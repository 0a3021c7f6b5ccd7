package io.github.hyperlight4j.codeact.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/** The arguments of {@code execute_code} as a model sent them. */
public sealed interface CodeArgument {

    /**
     * Arguments that fit the schema.
     *
     * @param code the code in them
     */
    record Code(String code) implements CodeArgument {}

    /**
     * Arguments that do not.
     *
     * @param problem the problem, as a clause
     */
    record Wrong(String problem) implements CodeArgument {}

    /** No Python begins with a backtick, so what is between such lines is meant. */
    Pattern FENCE = Pattern.compile("\\s*```[A-Za-z0-9]*[ \\t]*\\R(.*?)\\R?```\\s*", Pattern.DOTALL);

    /** A model chooses the names: none is kept. */
    JsonFactory JSON = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .build();

    /**
     * Reads a tool call's arguments: one JSON object with the one key {@code code}, once. Of two readings of the same
     * arguments, an approver might have seen the other.
     *
     * @param json the arguments as the model sent them
     * @return the code, or the problem
     */
    static CodeArgument read(String json) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return new Wrong("the arguments are not JSON");
            }
            CodeArgument read = first == JsonToken.START_OBJECT ? readObject(parser) : missing();
            return read instanceof Code && parser.nextToken() != null
                    ? new Wrong("the arguments are more than one JSON object")
                    : read;
        } catch (JacksonException e) {
            return new Wrong("the arguments are not JSON");
        }
    }

    private static CodeArgument readObject(JsonParser parser) {
        String code = null;
        String unknown = null;
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (!name.equals("code")) {
                unknown = unknown == null ? shown(name) : unknown;
                parser.skipChildren();
            } else if (code != null) {
                return new Wrong("the argument 'code' is given twice");
            } else if (value != JsonToken.VALUE_STRING) {
                return new Wrong("the argument 'code' is not a string");
            } else {
                code = parser.getString();
            }
        }
        if (code == null) {
            return missing();
        }
        return unknown == null ? new Code(code) : new Wrong("there is no argument '" + unknown + "'");
    }

    private static CodeArgument missing() {
        return new Wrong("the argument 'code' is missing");
    }

    private static String shown(String name) {
        return VisibleText.of(name.length() <= 50 ? name : name.substring(0, 50) + Texts.CUT);
    }

    /**
     * {@return the code without a Markdown fence around all of it}
     *
     * @param code the code as a model wrote it
     */
    static String withoutFence(String code) {
        Matcher fenced = FENCE.matcher(code);
        return fenced.matches() ? fenced.group(1) : code;
    }
}
