import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the compiled bindings declare, one line for each constant, function, callback and struct, in the form of facts-of-header. */
final class FactsOfBindings {

    private static final Map<MemoryLayout, String> STRUCTS = new HashMap<>();

    /** The arguments are the folder with the compiled classes, and a library with the functions that they look up. */
    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        System.load(arguments[1]);
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(file -> file.toString().endsWith(".class") && !file.endsWith("module-info.class"))
                    .toList();
        }
        List<Class<?>> types = new ArrayList<>();
        for (Path file : files) {
            String name = root.relativize(file).toString().replace('/', '.').replaceAll("\\.class$", "");
            Class<?> type;
            try {
                type = Class.forName(name);
            } catch (LinkageError e) {
                System.out.println("not in the header: " + name + ": " + e.getMessage());
                continue;
            }
            types.add(type);
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals("layout") && method.getParameterCount() == 0) {
                    STRUCTS.put(((GroupLayout) method.invoke(null)).withoutName(), type.getSimpleName());
                }
            }
        }
        for (Class<?> type : types) {
            print(type);
        }
    }

    private static void print(Class<?> type) throws Exception {
        Class<?> outer = type.getEnclosingClass();
        String name = outer == null || outer.getSimpleName().equals("hl4j_h")
                ? type.getSimpleName()
                : outer.getSimpleName() + "." + type.getSimpleName();
        for (Method method : type.getDeclaredMethods()) {
            if (method.getParameterCount() != 0) {
                continue;
            }
            method.setAccessible(true);
            if (method.getName().startsWith("HL4J_")) {
                System.out.println("constant " + method.getName() + " " + method.invoke(null));
            } else if (method.getName().equals("layout")) {
                System.out.println("struct " + name + " " + fields((GroupLayout) method.invoke(null)));
            } else if (method.getName().equals("descriptor")) {
                System.out.println("callback " + name + " " + signature((FunctionDescriptor) method.invoke(null)));
            } else if (method.getName().startsWith("hl4j_") && method.getName().endsWith("$descriptor")) {
                String function = method.getName().replace("$descriptor", "");
                try {
                    System.out.println(
                            "function " + function + " " + signature((FunctionDescriptor) method.invoke(null)));
                } catch (InvocationTargetException e) {
                    // Its class was named above.
                }
            }
        }
    }

    private static String signature(FunctionDescriptor function) {
        return function.returnLayout().map(FactsOfBindings::kind).orElse("void")
                + function.argumentLayouts().stream()
                        .map(FactsOfBindings::kind)
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    private static String fields(GroupLayout struct) {
        return struct.memberLayouts().stream()
                .filter(member -> !(member instanceof PaddingLayout))
                .map(member -> member.name().orElseThrow() + ": " + kind(member))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String kind(MemoryLayout layout) {
        return switch (layout) {
            case AddressLayout _ -> "pointer";
            case ValueLayout value -> value.carrier().getSimpleName();
            // A struct in a struct has the field's name.
            case GroupLayout struct -> "struct " + STRUCTS.get(struct.withoutName());
            default -> throw new IllegalArgumentException(layout.toString());
        };
    }
}
