package io.github.hyperlight4j.internal.tool;

import io.github.hyperlight4j.ToolHandler;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Tools whose parameters are declared in Java. */
public final class DeclaredTools {

    private DeclaredTools() {}

    /**
     * A tool that takes a record: each component is a parameter.
     *
     * @param name the tool's name
     * @param type the record
     * @param handler what the tool does
     * @return the tool
     * @param <A> the record
     */
    public static <A extends Record> ToolDefinition ofRecord(
            String name, Class<A> type, ToolHandler<? super A> handler) {
        RecordComponent[] components = type.getRecordComponents();
        if (components == null) {
            throw new IllegalArgumentException(type.getName() + " is not a record");
        }
        Constructor<A> constructor = constructor(type, components);
        open(constructor, type);
        DeclaredParameters parameters = DeclaredParameters.of(components);
        return new ToolDefinition(
                name,
                parameters.schema(),
                arguments -> handler.call(unwrap(() -> constructor.newInstance(parameters.read(arguments)))));
    }

    /**
     * A tool that is a method.
     *
     * @param name the tool's name
     * @param target the object, or {@code null} for a static method
     * @param method the method
     * @return the tool
     */
    public static ToolDefinition ofMethod(String name, @Nullable Object target, Method method) {
        open(method, method.getDeclaringClass());
        DeclaredParameters parameters = DeclaredParameters.of(method.getParameters());
        return new ToolDefinition(
                name,
                parameters.schema(),
                arguments -> unwrap(() -> method.invoke(target, parameters.read(arguments))));
    }

    private static <A extends Record> Constructor<A> constructor(Class<A> type, RecordComponent[] components) {
        try {
            return type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(type.getName() + " has no canonical constructor", e);
        }
    }

    private static void open(AccessibleObject member, Class<?> owner) {
        if (!member.trySetAccessible()) {
            throw new IllegalArgumentException(
                    "%s is not accessible: make it public in an exported package, or let %s have `opens %s;`"
                            .formatted(owner.getName(), owner.getModule(), owner.getPackageName()));
        }
    }

    private interface Reflection<T extends @Nullable Object> {
        T call() throws ReflectiveOperationException, ArgumentException;
    }

    /** Throws what the application threw, not what reflection makes of it. */
    private static <T extends @Nullable Object> T unwrap(Reflection<T> reflection) throws Throwable {
        try {
            return reflection.call();
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
