package io.github.hyperlight4j.internal.tool;

import com.fasterxml.classmate.ResolvedType;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinition.AttributeInclusion;
import com.github.victools.jsonschema.generator.CustomDefinition.DefinitionType;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import io.github.hyperlight4j.ToolParameter;
import io.github.hyperlight4j.internal.json.Json;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Derives the JSON Schema of Java types, to match how {@link Json} reads them. */
final class TypeSchemas {

    /** Java's own classes that JSON has as text, with its format where the schema has a word for it. */
    private static final Map<Class<?>, String> TEXTS = Map.ofEntries(
            Map.entry(LocalDate.class, "date"),
            Map.entry(Instant.class, "date-time"),
            Map.entry(OffsetDateTime.class, "date-time"),
            Map.entry(ZonedDateTime.class, "date-time"),
            Map.entry(LocalDateTime.class, ""),
            Map.entry(LocalTime.class, ""),
            Map.entry(Duration.class, "duration"),
            Map.entry(Period.class, "duration"),
            Map.entry(UUID.class, "uuid"),
            Map.entry(URI.class, "uri"));

    private static final SchemaGenerator GENERATOR = generator(false);
    private static final SchemaGenerator RESULT_GENERATOR = generator(true);

    private TypeSchemas() {}

    /** Returns a builder for several schemas with common definitions. For one thread. */
    static SchemaBuilder builder() {
        return GENERATOR.buildMultipleSchemaDefinitions();
    }

    /** The same, for what a tool returns: what JSON makes of a value of that type. */
    static SchemaBuilder resultBuilder() {
        return RESULT_GENERATOR.buildMultipleSchemaDefinitions();
    }

    private static SchemaGenerator generator(boolean results) {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(
                        Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT,
                        Option.INLINE_NULLABLE_SCHEMAS,
                        Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES,
                        Option.PLAIN_DEFINITION_KEYS,
                        Option.STANDARD_FORMATS)
                .without(Option.SCHEMA_VERSION_INDICATOR);
        config.forTypesInGeneral()
                .withPropertySorter((_, _) -> 0) // As declared.
                .withCustomDefinitionProvider(TypeSchemas::simple)
                .withCustomDefinitionProvider((type, _) -> results ? result(type) : null);
        config.forFields()
                .withRequiredCheck(results ? _ -> true : TypeSchemas::isRequired)
                .withNullableCheck(field -> Nullability.isNullable(field.getRawMember()))
                .withDescriptionResolver(results ? TypeSchemas::meaning : TypeSchemas::description);
        return new SchemaGenerator(config.build());
    }

    /** The types that are simple here: enums by name and in place, bytes as text, and the optional numbers. */
    private static @Nullable CustomDefinition simple(ResolvedType type, SchemaGenerationContext context) {
        Class<?> raw = type.getErasedType();
        ObjectNode schema = Json.object();
        if (raw.isEnum()) {
            schema.put("type", "string");
            Arrays.stream(raw.getEnumConstants())
                    .forEach(constant -> schema.withArray("enum").add(((Enum<?>) constant).name()));
        } else if (raw == byte[].class) {
            schema.put("type", "string").put("contentEncoding", "base64");
        } else if (raw == OptionalInt.class || raw == OptionalLong.class) {
            schema.putArray("type").add("integer").add("null");
        } else if (raw == OptionalDouble.class) {
            schema.putArray("type").add("number").add("null");
        } else {
            return null;
        }
        return inline(schema);
    }

    /** Says nothing of a class that is written by its getters, or by a rule of its own: those are not in its type. */
    private static @Nullable CustomDefinition result(ResolvedType type) {
        Class<?> raw = type.getErasedType();
        String format = TEXTS.get(raw);
        if (format != null) {
            ObjectNode schema = Json.object().put("type", "string");
            return inline(format.isEmpty() ? schema : schema.put("format", format));
        }
        boolean isKnown = raw.isRecord()
                || raw.isPrimitive()
                || raw.isArray()
                || raw == Boolean.class
                || raw == Character.class
                || CharSequence.class.isAssignableFrom(raw)
                || Number.class.isAssignableFrom(raw)
                || Collection.class.isAssignableFrom(raw)
                || Map.class.isAssignableFrom(raw)
                || raw == Optional.class;
        return isKnown ? null : inline(Json.object());
    }

    private static CustomDefinition inline(ObjectNode schema) {
        return new CustomDefinition(schema, DefinitionType.INLINE, AttributeInclusion.YES);
    }

    private static boolean isRequired(FieldScope field) {
        return field.getRawMember().getDeclaringClass().isRecord()
                && !Nullability.isOptional(field.getRawMember().getType())
                && !Nullability.isNullable(field.getRawMember());
    }

    private static @Nullable String description(FieldScope field) {
        ToolParameter annotation = field.getAnnotation(ToolParameter.class);
        if (annotation == null) {
            return null;
        }
        if (!annotation.name().isEmpty() || !annotation.defaultValue().isEmpty()) {
            throw new IllegalArgumentException("@ToolParameter on " + field.getRawMember()
                    + " can only describe it: a name or default value is for a tool's own parameters");
        }
        return meaning(field);
    }

    private static @Nullable String meaning(FieldScope field) {
        ToolParameter annotation = field.getAnnotation(ToolParameter.class);
        return annotation == null || annotation.value().isEmpty() ? null : annotation.value();
    }
}
