package io.github.hyperlight4j.internal.tool;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Field;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** Tells optional values by their type, or by an annotation of the simple name {@code Nullable}. */
final class Nullability {

    private static final Set<Class<?>> OPTIONALS =
            Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

    private Nullability() {}

    static boolean isOptional(Class<?> type) {
        return OPTIONALS.contains(type);
    }

    static boolean isNullable(Field field) {
        return isNullable(field, field.getAnnotatedType());
    }

    static boolean isNullable(RecordComponent component) {
        return isNullable(component, component.getAnnotatedType());
    }

    static boolean isNullable(Parameter parameter) {
        return isNullable(parameter, parameter.getAnnotatedType());
    }

    private static boolean isNullable(AnnotatedElement element, AnnotatedType type) {
        return Stream.concat(Arrays.stream(element.getAnnotations()), Arrays.stream(type.getAnnotations()))
                .map(Annotation::annotationType)
                .anyMatch(annotation -> annotation.getSimpleName().equals("Nullable"));
    }
}
