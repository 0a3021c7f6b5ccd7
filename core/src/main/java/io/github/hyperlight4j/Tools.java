package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.tool.DeclaredTools;
import io.github.hyperlight4j.internal.tool.ResultSchema;
import io.github.hyperlight4j.internal.tool.ToolDefinition;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tools from annotated methods.
 *
 * {@snippet :
 * class Shop {
 *     @ToolFunction("A user's orders, newest first.")
 *     List<Order> orders(@ToolParameter("The user's id") long userId, @ToolParameter(defaultValue = "10") int limit) {
 *         return database.orders(userId, limit);
 *     }
 * }
 *
 * List<Tool> tools = Tools.of(new Shop());
 * }
 */
public final class Tools {

    private Tools() {}

    /**
     * Returns a tool for each method of an object that is annotated with {@link ToolFunction}, whatever its access,
     * inherited and static ones included.
     *
     * @param target the object; a {@code Class} for its static methods
     * @return the tools, sorted by name; not empty
     * @throws IllegalArgumentException if there is no such method, or one cannot be a tool
     */
    public static List<Tool> of(Object target) {
        Objects.requireNonNull(target, "target");
        Map<String, Tool> tools = new TreeMap<>();
        for (Method method : annotatedMethods(target)) {
            Tool tool = tool(target, method);
            if (tools.putIfAbsent(tool.name(), tool) != null) {
                throw new IllegalArgumentException("Two methods are tools called '" + tool.name()
                        + "': give one of them" + " @ToolFunction(name = ...)");
            }
        }
        if (tools.isEmpty()) {
            throw new IllegalArgumentException((target instanceof Class<?> owner ? owner : target.getClass()).getName()
                    + " has no method with @ToolFunction"
                    + (target instanceof Class<?> ? " that is static" : ""));
        }
        return List.copyOf(tools.values());
    }

    private static List<Method> annotatedMethods(Object target) {
        boolean onlyStatic = target instanceof Class<?>;
        List<Method> methods = new ArrayList<>();
        List<List<?>> seen = new ArrayList<>();
        Class<?> type = target instanceof Class<?> owner ? owner : target.getClass();
        for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
            Method[] declared = owner.getDeclaredMethods();
            Arrays.sort(declared, Comparator.comparing(Method::toString));
            for (Method method : declared) {
                List<Object> signature = new ArrayList<>(List.of(method.getName()));
                signature.addAll(Arrays.asList(method.getParameterTypes()));
                if (method.isAnnotationPresent(ToolFunction.class)
                        && !method.isBridge()
                        && (!onlyStatic || Modifier.isStatic(method.getModifiers()))
                        && !seen.contains(signature)) {
                    seen.add(signature);
                    methods.add(method);
                }
            }
        }
        return methods;
    }

    private static Tool tool(Object target, Method method) {
        ToolFunction annotation = Objects.requireNonNull(method.getAnnotation(ToolFunction.class));
        String name = ToolDefinition.checkName(annotation.name().isEmpty() ? method.getName() : annotation.name());
        @Nullable Object receiver = Modifier.isStatic(method.getModifiers()) ? null : target;
        return new Tool(
                annotation.value(),
                DeclaredTools.ofMethod(name, receiver, method),
                ResultSchema.of(method.getGenericReturnType()),
                annotation.approval());
    }
}
