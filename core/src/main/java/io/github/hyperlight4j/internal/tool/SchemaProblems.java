package io.github.hyperlight4j.internal.tool;

import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Describes problems of arguments in terms of Python. */
final class SchemaProblems {

    private static final int MOST = 3;
    private static final int LOOKED_AT = 100;
    private static final int LONGEST = 300;

    private static final Map<String, String> PYTHON_TYPES = Map.of(
            "integer", "an int",
            "number", "a float",
            "string", "a str",
            "boolean", "a bool",
            "object", "a dict",
            "array", "a list",
            "null", "None");

    private SchemaProblems() {}

    static String describe(List<Error> errors) {
        List<String> problems = errors.stream()
                .limit(LOOKED_AT)
                .map(SchemaProblems::describe)
                .distinct()
                .toList();
        String first = problems.stream().limit(MOST).collect(Collectors.joining("; "));
        int more = Math.max(0, problems.size() - MOST) + Math.max(0, errors.size() - LOOKED_AT);
        return more == 0 ? first : first + "; and " + more + " more";
    }

    private static String describe(Error error) {
        Object[] arguments = error.getArguments() == null ? new Object[0] : error.getArguments();
        String subject = subject(error.getInstanceLocation());
        return switch (error.getKeyword()) {
            case "type" -> "%s must be %s, not %s".formatted(subject, types(arguments[1]), types(arguments[0]));
            case "required" ->
                subject.isEmpty()
                        ? "parameter '%s' is missing".formatted(arguments[0])
                        : "%s lacks '%s'".formatted(subject, arguments[0]);
            case "additionalProperties", "unevaluatedProperties" ->
                subject.isEmpty()
                        ? "there is no parameter '%s'".formatted(error.getProperty())
                        : "%s cannot have '%s'".formatted(subject, error.getProperty());
            case "enum" -> "%s must be one of %s".formatted(subject, cut(String.valueOf(arguments[0])));
            default -> (subject.isEmpty() ? "they " : subject + " ") + cut(error.getMessage());
        };
    }

    /** "parameter 'a'", with a path inside it as Python would write it; empty for the arguments as a whole. */
    private static String subject(NodePath path) {
        if (path.getNameCount() == 0) {
            return "";
        }
        StringBuilder subject = new StringBuilder("parameter '");
        for (Object element : elements(path)) {
            if (subject.length() > LONGEST) {
                break;
            }
            boolean isFirst = subject.charAt(subject.length() - 1) == '\'';
            subject.append(element instanceof Number ? "[" + element + "]" : isFirst ? element : "." + element);
        }
        return cut(subject.toString()) + "'";
    }

    /** The names and indices of a path, from its root. The path finds each by going there from its end. */
    static Object[] elements(NodePath path) {
        Object[] elements = new Object[path.getNameCount()];
        NodePath end = path;
        for (int i = elements.length - 1; i >= 0; i--) {
            elements[i] = end.getElement(-1);
            end = end.getParent();
        }
        return elements;
    }

    private static String types(Object names) {
        return typeNames(names).stream()
                .map(name -> PYTHON_TYPES.getOrDefault(name, name))
                .collect(Collectors.joining(" or "));
    }

    /** The types in an error's argument: one, or a list. */
    static List<String> typeNames(Object names) {
        return List.of(names.toString().replaceAll("[\\[\\]\" ]", "").split(","));
    }

    static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    }
}
