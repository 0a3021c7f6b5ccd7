package io.github.hyperlight4j.internal.tool;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.MessageSourceError;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.format.Format;
import com.networknt.schema.keyword.AbstractKeyword;
import com.networknt.schema.keyword.BaseKeywordValidator;
import com.networknt.schema.keyword.FormatKeyword;
import com.networknt.schema.keyword.FormatValidator;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordType;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;
import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Keywords of JSON Schema whose cost in the validator grows faster than the value, in a form that does not. */
final class BoundedKeywords {

    /** Characters of a text whose format is checked, as some formats backtrack. */
    private static final int LONGEST_FORMATTED = 4096;

    private static final Set<String> LINEAR_FORMATS = Set.of("uri", "uri-reference", "iri", "iri-reference");

    /** Characters that matching one pattern may look at, for each text: some patterns backtrack without end. */
    private static final int MOST_LOOKS = 20_000_000;

    private BoundedKeywords() {}

    static Dialect in(Dialect dialect) {
        return Dialect.builder(dialect)
                .keyword(new UniqueItems())
                .formatKeywordFactory(formats -> {
                    Map<String, Format> bounded = new HashMap<>(formats);
                    bounded.replaceAll(
                            (name, format) -> LINEAR_FORMATS.contains(name) ? format : new BoundedFormat(format));
                    return new FormatKeyword(bounded);
                })
                .build();
    }

    /** A pattern as the validator's own, but that an interrupt or too many steps end. */
    static RegularExpression pattern(String regex) {
        Pattern pattern = Pattern.compile(
                RegularExpressions.replaceLongformCharacterProperties(RegularExpressions.replaceDollarAnchors(regex)));
        return text -> pattern.matcher(new CountedText(text)).find();
    }

    /** Counts how often a matcher looks at a character. */
    private static final class CountedText implements CharSequence {

        private final String text;
        private int looks;

        CountedText(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            looks++;
            if ((looks & 0xFFF) == 0) {
                Validation.checkInterrupt();
                if (looks > MOST_LOOKS) {
                    throw new Validation.StoppedException("a text in them takes too long to match its pattern");
                }
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final class UniqueItems extends AbstractKeyword {

        UniqueItems() {
            super(KeywordType.UNIQUE_ITEMS.getValue());
        }

        @Override
        public KeywordValidator newValidator(
                SchemaLocation location, JsonNode node, Schema parent, SchemaContext context) {
            return new UniqueItemsValidator(this, node, location, parent, context);
        }
    }

    /** Compares texts: their hash table stays fast when a program has chosen texts of one hash, which nodes' does not. */
    private static final class UniqueItemsValidator extends BaseKeywordValidator {

        UniqueItemsValidator(
                Keyword keyword, JsonNode node, SchemaLocation location, Schema parent, SchemaContext context) {
            super(keyword, node, location, parent, context);
        }

        @Override
        public void validate(ExecutionContext context, JsonNode value, JsonNode root, NodePath place) {
            if (!value.isArray() || !schemaNode.asBoolean(false)) {
                return;
            }
            Set<String> seen = new HashSet<>();
            for (JsonNode element : value) {
                Validation.checkInterrupt();
                StringBuilder text = new StringBuilder();
                append(text, element);
                if (!seen.add(text.toString())) {
                    context.addError(error().instanceNode(value)
                            .instanceLocation(place)
                            .evaluationPath(context.getEvaluationPath())
                            .locale(context.getExecutionConfig().getLocale())
                            .build());
                    return;
                }
            }
        }

        /** Equal values have equal texts: names in order, numbers in one form. */
        private static void append(StringBuilder text, JsonNode value) {
            switch (value.getNodeType()) {
                case OBJECT -> {
                    Map<String, JsonNode> sorted = new TreeMap<>();
                    value.properties().forEach(property -> sorted.put(property.getKey(), property.getValue()));
                    text.append('{');
                    sorted.forEach((name, element) -> {
                        appendText(text, name);
                        append(text, element);
                    });
                    text.append('}');
                }
                case ARRAY -> {
                    text.append('[');
                    value.forEach(element -> append(text, element));
                    text.append(']');
                }
                case NUMBER ->
                    text.append(value.decimalValue().stripTrailingZeros()).append(',');
                case STRING -> appendText(text, value.stringValue());
                case BOOLEAN, NULL, BINARY, MISSING, POJO -> text.append(value).append(',');
            }
        }

        private static void appendText(StringBuilder text, String value) {
            text.append('"').append(value.length()).append(':').append(value);
        }
    }

    /** A format that refuses long texts, where it checks them at all. */
    private record BoundedFormat(Format format) implements Format {

        @Override
        public String getName() {
            return format.getName();
        }

        @Override
        public String getMessageKey() {
            return format.getMessageKey();
        }

        @Override
        public void validate(
                ExecutionContext context,
                SchemaContext schema,
                JsonNode value,
                JsonNode root,
                NodePath place,
                boolean isAsserted,
                Supplier<MessageSourceError.Builder> message,
                FormatValidator validator) {
            if (isAsserted && value.isString() && value.stringValue().length() > LONGEST_FORMATTED) {
                context.addError(message.get()
                        .message("has more than " + LONGEST_FORMATTED + " characters, too many for the format "
                                + getName())
                        .build());
                return;
            }
            format.validate(context, schema, value, root, place, isAsserted, message, validator);
        }
    }
}
