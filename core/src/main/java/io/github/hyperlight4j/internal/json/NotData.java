package io.github.hyperlight4j.internal.json;

import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.lang.reflect.AnnotatedElement;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.bean.BeanSerializerBase;
import tools.jackson.databind.ser.impl.UnknownSerializer;
import tools.jackson.databind.ser.jackson.JsonValueSerializer;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Refuses objects that are handles or computations rather than data. By their getters, a future would become
 * {@code {"done": false}}, and a thread its stack trace and those of its group.
 */
final class NotData extends ValueSerializerModifier {

    private static final long serialVersionUID = 1L;

    private static final String RETURN_VALUES = "return the values that the program needs, in a record or a map";

    private static final List<Class<?>> HANDLES = List.of(
            Thread.class,
            ThreadGroup.class,
            ClassLoader.class,
            AnnotatedElement.class,
            ModuleLayer.class,
            MethodHandle.class,
            Reference.class,
            ThreadLocal.class,
            Process.class,
            ProcessHandle.class,
            Executor.class,
            AutoCloseable.class);

    /** Packages whose classes have getters and are not data. */
    private static final List<String> PACKAGES =
            List.of("java.io.", "java.lang.", "java.net.", "java.nio.", "java.util.concurrent.", "javax.", "jdk.");

    @Override
    public ValueSerializer<?> modifySerializer(
            SerializationConfig config, BeanDescription.Supplier description, ValueSerializer<?> serializer) {
        if (serializer instanceof JsonValueSerializer) {
            return serializer;
        }
        Class<?> type = description.getBeanClass();
        String problem = problem(type, serializer);
        return problem == null ? serializer : new Refusal(type, problem);
    }

    private static @Nullable String problem(Class<?> type, ValueSerializer<?> serializer) {
        String advice = advice(type);
        if (advice != null) {
            return type.getName() + " is not data: " + advice;
        }
        boolean isUnknown = serializer instanceof UnknownSerializer;
        if (isUnknown || serializer instanceof BeanSerializerBase) {
            if (type.isHidden() || type.isSynthetic()) {
                return type.getName() + " is a lambda: return what it computes";
            }
            if (PACKAGES.stream().anyMatch(type.getName()::startsWith)) {
                return type.getName() + " is not data: " + RETURN_VALUES;
            }
        }
        return isUnknown ? "class " + type.getName() + " has no getters: return a record or a map" : null;
    }

    private static @Nullable String advice(Class<?> type) {
        if (BaseStream.class.isAssignableFrom(type)) {
            return "collect it into a list";
        }
        if (Iterator.class.isAssignableFrom(type) || Enumeration.class.isAssignableFrom(type)) {
            return "collect its elements into a list";
        }
        if (Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type)) {
            return "wait for it, and return its value";
        }
        if (Flow.Publisher.class.isAssignableFrom(type) || isReactive(type)) {
            return "wait for what it publishes, and return that";
        }
        if (Throwable.class.isAssignableFrom(type)) {
            return "throw it";
        }
        return !type.isRecord() && HANDLES.stream().anyMatch(handle -> handle.isAssignableFrom(type))
                ? RETURN_VALUES
                : null;
    }

    /** By name: the library does not depend on Reactive Streams. */
    private static boolean isReactive(@Nullable Class<?> type) {
        if (type == null) {
            return false;
        }
        if (type.getName().equals("org.reactivestreams.Publisher") || isReactive(type.getSuperclass())) {
            return true;
        }
        for (Class<?> implemented : type.getInterfaces()) {
            if (isReactive(implemented)) {
                return true;
            }
        }
        return false;
    }

    private static final class Refusal extends StdSerializer<Object> {

        private final String problem;

        Refusal(Class<?> type, String problem) {
            super(type);
            this.problem = problem;
        }

        @Override
        public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
            throw new JsonWriter.RefusedException(generator, problem);
        }
    }
}
