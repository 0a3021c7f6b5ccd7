package io.github.hyperlight4j;

import io.github.hyperlight4j.internal.tool.DeclaredTools;
import io.github.hyperlight4j.internal.tool.ParameterSchema;
import io.github.hyperlight4j.internal.tool.ResultSchema;
import io.github.hyperlight4j.internal.tool.ToolDefinition;
import java.lang.reflect.Type;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A function of the application that a program calls as {@code call_tool("name", key=value)}. It runs in this process,
 * with this process's rights. Immutable; called from several threads at once when several sandboxes have it.
 *
 * {@snippet :
 * record Orders(@ToolParameter("The user's id") long userId, @ToolParameter(defaultValue = "10") int limit) {}
 *
 * Tool orders = Tool.of("get_orders", "A user's orders, newest first.", Orders.class,
 *         arguments -> database.orders(arguments.userId(), arguments.limit()));
 * }
 *
 * <p>A call runs on a thread of the library's own, and is interrupted when its run ends before it does: at the deadline,
 * say. The run does not wait for it, and a tool that ignores the interrupt is abandoned: it keeps its thread until it
 * returns. While 64 tools of a configuration and those derived from it, or 1,000 in the process, are abandoned, further calls
 * fail in their programs.
 *
 * <p>Arguments are compared with the JSON Schema on that thread too, in bounded steps. A {@code pattern} in it is the
 * application's: a text that it cannot match in some twenty million steps is refused.
 *
 * <p>All calls of a process share a quarter of its heap for their arguments, from before they are decoded until their tool
 * returns. A configuration's calls may have as much of it as they leave free; beyond that a call waits ten seconds, and is
 * then refused.
 *
 * <p>An exception of a tool is an exception in the program, with its message, up to 16 KiB of it. The program may print it, so
 * it must hold no secrets; {@link SandboxConfig.Builder#visibleToolErrors} limits it to an exception of the application's
 * own. The exception itself is logged as a warning by the {@link System.Logger} {@code io.github.hyperlight4j.tool}, as are
 * results that cannot be passed on: 20 a minute for each configuration.
 *
 * <p>A tool's name is 1 to 64 letters, digits, {@code _} and {@code -}, and not {@code execute_code}.
 *
 * @see Tools#of(Object)
 */
public final class Tool {

    private final String description;
    private final ToolDefinition definition;
    private final @Nullable ResultSchema returns;
    private final ApprovalMode approval;

    Tool(String description, ToolDefinition definition, @Nullable ResultSchema returns, ApprovalMode approval) {
        this.description = Objects.requireNonNull(description, "description");
        this.definition = definition;
        this.returns = returns;
        this.approval = approval;
    }

    /**
     * Returns a tool whose parameters are a record's components. Their JSON Schema is derived from it; see
     * {@link ToolParameter} for what makes one optional.
     *
     * @param name the tool's name
     * @param description its purpose, for the model that writes the program
     * @param arguments the record that the arguments are read as
     * @param handler its implementation
     * @return the tool
     * @param <A> the record
     * @throws IllegalArgumentException if the name or the record cannot be used
     */
    public static <A extends Record> Tool of(
            String name, String description, Class<A> arguments, ToolHandler<? super A> handler) {
        ToolDefinition.checkName(name);
        Objects.requireNonNull(handler, "handler");
        return plain(
                description, DeclaredTools.ofRecord(name, Objects.requireNonNull(arguments, "arguments"), handler));
    }

    /**
     * Returns a tool without parameters.
     *
     * @param name the tool's name
     * @param description its purpose, for the model that writes the program
     * @param handler its implementation
     * @return the tool
     * @throws IllegalArgumentException if the name cannot be used
     */
    public static Tool of(String name, String description, Callable<? extends @Nullable Object> handler) {
        ToolDefinition.checkName(name);
        Objects.requireNonNull(handler, "handler");
        return plain(description, new ToolDefinition(name, ParameterSchema.none(), arguments -> handler.call()));
    }

    /**
     * Returns a builder of a tool whose parameters have a JSON Schema of their own.
     *
     * @param name the tool's name
     * @return a builder
     * @throws IllegalArgumentException if the name cannot be used
     */
    public static Builder builder(String name) {
        return new Builder(ToolDefinition.checkName(name));
    }

    private static Tool plain(String description, ToolDefinition definition) {
        return new Tool(description, definition, null, ApprovalMode.NEVER_REQUIRE);
    }

    /**
     * Returns a copy with the given result schema. Results are not validated against it.
     *
     * @param jsonSchema a JSON Schema that refers to nothing outside itself
     * @return the copy
     * @throws IllegalArgumentException if it is not such a schema
     */
    public Tool withReturns(String jsonSchema) {
        return new Tool(
                description, definition, ResultSchema.of(Objects.requireNonNull(jsonSchema, "jsonSchema")), approval);
    }

    /**
     * Returns a copy with the result schema of a Java type. Results are not validated against it. A class that is neither a
     * record nor in the table of {@link ToolHandler} has no schema.
     *
     * @param type the Java type of the result
     * @return the copy
     */
    public Tool withReturns(Type type) {
        return new Tool(description, definition, ResultSchema.of(Objects.requireNonNull(type, "type")), approval);
    }

    /**
     * Returns a copy with the given approval mode.
     *
     * @param approval the approval mode
     * @return the copy
     */
    public Tool withApproval(ApprovalMode approval) {
        return new Tool(description, definition, returns, Objects.requireNonNull(approval, "approval"));
    }

    /** Returns the definition of this tool with interceptors around its calls, the first one outermost. */
    ToolDefinition intercepted(List<ToolInterceptor> interceptors) {
        ToolDefinition.Code implementation = definition.code();
        for (ToolInterceptor interceptor : interceptors.reversed()) {
            ToolDefinition.Code inner = implementation;
            implementation = arguments -> interceptor.call(new InterceptedCall(this, arguments, inner));
        }
        return interceptors.isEmpty()
                ? definition
                : new ToolDefinition(name(), definition.parameters(), implementation);
    }

    private record InterceptedCall(Tool tool, ObjectNode json, ToolDefinition.Code implementation)
            implements ToolInterceptor.Call {

        @Override
        public ToolArguments arguments() {
            return new ToolArguments(json);
        }

        @Override
        public @Nullable Object proceed() throws Exception {
            try {
                return implementation.call(json);
            } catch (Exception | Error e) {
                throw e;
            } catch (Throwable e) { // Of a class of the application's own.
                throw new UndeclaredThrowableException(e, e.getMessage());
            }
        }
    }

    /** Returns the name. */
    public String name() {
        return definition.name();
    }

    /** Returns the description; may be blank. */
    public String description() {
        return description;
    }

    /** Returns the JSON Schema of the parameters: an object's. */
    public String parameters() {
        return definition.parameters().json();
    }

    /** Returns the JSON Schema of the result; empty if it is not known. A method's is derived from its return type. */
    public Optional<String> returns() {
        return Optional.ofNullable(returns).map(ResultSchema::json);
    }

    /** Returns the approval mode. Default: {@link ApprovalMode#NEVER_REQUIRE}. */
    public ApprovalMode approval() {
        return approval;
    }

    /** Returns the signature in Python's terms. */
    public ToolSignature signature() {
        return definition.parameters().signature(name(), returns);
    }

    ToolDefinition definition() {
        return definition;
    }

    @Override
    public String toString() {
        return "Tool[" + name() + "]";
    }

    /** Makes a {@link Tool}. Not for use by several threads at once. */
    public static final class Builder {

        private final String name;
        private String description = "";
        private ParameterSchema parameters = ParameterSchema.none();
        private @Nullable ResultSchema returns;
        private ApprovalMode approval = ApprovalMode.NEVER_REQUIRE;
        private @Nullable ToolHandler<? super ToolArguments> handler;

        private Builder(String name) {
            this.name = name;
        }

        /**
         * Sets the tool's description, for the model that writes the program. Default: empty.
         *
         * @param description any text
         * @return this
         */
        public Builder description(String description) {
            this.description = Objects.requireNonNull(description, "description");
            return this;
        }

        /**
         * Sets the parameters' JSON Schema (2020-12, or the dialect of its {@code $schema}). Default: no parameters.
         *
         * @param jsonSchema a schema that describes an object and refers to nothing outside itself
         * @return this
         * @throws IllegalArgumentException if it is not such a schema
         */
        public Builder parameters(String jsonSchema) {
            this.parameters = ParameterSchema.of(Objects.requireNonNull(jsonSchema, "jsonSchema"));
            return this;
        }

        /**
         * Sets the result's JSON Schema, for the model that writes the program. Results are not validated against it.
         * Default: none.
         *
         * @param jsonSchema a schema that refers to nothing outside itself
         * @return this
         * @throws IllegalArgumentException if it is not such a schema
         */
        public Builder returns(String jsonSchema) {
            this.returns = ResultSchema.of(Objects.requireNonNull(jsonSchema, "jsonSchema"));
            return this;
        }

        /**
         * Sets the approval mode. Default: {@link ApprovalMode#NEVER_REQUIRE}.
         *
         * @param approval the approval mode
         * @return this
         */
        public Builder approval(ApprovalMode approval) {
            this.approval = Objects.requireNonNull(approval, "approval");
            return this;
        }

        /**
         * Sets the tool's implementation. Must be called.
         *
         * @param handler called with arguments that fit the schema
         * @return this
         */
        public Builder handler(ToolHandler<? super ToolArguments> handler) {
            this.handler = Objects.requireNonNull(handler, "handler");
            return this;
        }

        /**
         * {@return the tool}
         *
         * @throws IllegalStateException if it has no handler
         */
        public Tool build() {
            ToolHandler<? super ToolArguments> handler = this.handler;
            if (handler == null) {
                throw new IllegalStateException("Tool '" + name + "' has no handler");
            }
            return new Tool(
                    description,
                    new ToolDefinition(name, parameters, arguments -> handler.call(new ToolArguments(arguments))),
                    returns,
                    approval);
        }
    }
}
