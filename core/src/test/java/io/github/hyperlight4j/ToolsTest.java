package io.github.hyperlight4j;

import static io.github.hyperlight4j.ToolCaller.call;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ToolsTest {

    public static class Base {
        @ToolFunction("Adds.")
        long add(@ToolParameter("First") long a, @ToolParameter(name = "second", defaultValue = "1") long b) {
            return a + b;
        }

        @ToolFunction("Is overridden.")
        public String who() {
            return "base";
        }
    }

    public static final class Shop extends Base {
        @Override
        public String who() {
            return "shop";
        }

        @ToolFunction(value = "Greets.", name = "say-hello")
        private String greet(Optional<String> name, @Nullable String suffix) {
            return "Hello " + name.orElse("you") + suffix;
        }

        @ToolFunction("Does nothing.")
        static void nothing() {}

        @ToolFunction("Fails.")
        void fail() {
            throw new IllegalStateException("out of stock");
        }

        void notATool() {}
    }

    @Test
    void eachAnnotatedMethodIsAToolInheritedPrivateAndStaticOnesToo() {
        List<Tool> tools = Tools.of(new Shop());
        assertEquals(
                List.of("add", "fail", "nothing", "say-hello", "who"),
                tools.stream().map(Tool::name).toList());
        assertEquals("Adds.", tools.get(0).description());
        String parameters = """
                {"type":"object","properties":{"a":{"type":"integer","description":"First"},\
                "second":{"type":"integer","default":1}},"required":["a"],"additionalProperties":false}""";
        assertEquals(parameters, tools.get(0).parameters());
        assertEquals("5", call(tools.get(0), "{\"a\":4}"));
        assertEquals("!Tool 'fail' failed: out of stock", call(tools.get(1), "{}"));
        assertEquals("null", call(tools.get(2), "{}"));
        assertEquals("\"Hello younull\"", call(tools.get(3), "{}"));
        assertEquals("\"Hello A!\"", call(tools.get(3), "{\"name\":\"A\",\"suffix\":\"!\"}"));
        assertEquals("\"shop\"", call(tools.get(4), "{}"));
    }

    @Test
    void aClassGivesItsStaticMethods() {
        assertEquals(
                List.of("nothing"),
                Tools.of(Shop.class).stream().map(Tool::name).toList());
    }

    @Test
    void objectWithoutToolsIsRefused() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Tools.of("text"))
                .getMessage()
                .contains("@ToolFunction"));
    }

    @Test
    void twoMethodsOfOneNameAreRefused() {
        class Twice {
            @ToolFunction("a")
            void same(int a) {}

            @ToolFunction("b")
            void same(String b) {}
        }
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Tools.of(new Twice()))
                .getMessage()
                .contains("same"));
    }

    @Test
    void nestedDescriptionsCannotRename() {
        record Nested(@ToolParameter(name = "other") int a) {}
        class Renames {
            @ToolFunction("a")
            void tool(Nested nested) {}
        }
        assertThrows(IllegalArgumentException.class, () -> Tools.of(new Renames()));
    }

    @Test
    void recursiveTypesAreDescribedByReference() {
        record Node(String name, List<Node> children) {}
        class Trees {
            @ToolFunction("Counts.")
            int count(Node tree) {
                return 1 + tree.children().stream().mapToInt(this::count).sum();
            }
        }
        Tool tool = Tools.of(new Trees()).get(0);
        assertTrue(tool.parameters().contains("$defs"), tool.parameters());
        assertTrue(call(tool, "{\"tree\":{\"name\":\"a\",\"children\":[{\"name\":1,\"children\":[]}]}}")
                .contains("parameter 'tree.children[0].name' must be a str, not an int"));
    }
}
