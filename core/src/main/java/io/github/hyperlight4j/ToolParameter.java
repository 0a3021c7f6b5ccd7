package io.github.hyperlight4j;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Describes a tool's parameter: a parameter of a {@link ToolFunction} method, or a component of the record that a tool
 * takes. A parameter is optional if it has a default value, is an {@code Optional} or is marked {@code @Nullable}.
 *
 * <p>Inside those, on the components of a nested record, only the description may be given.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.RECORD_COMPONENT, ElementType.FIELD})
public @interface ToolParameter {

    /** Returns the parameter's description, for the model that writes the program. */
    String value() default "";

    /**
     * {@return the parameter's name; if empty, that in the source} A method's parameter names are in its class file
     * only if it was compiled with {@code -parameters}.
     */
    String name() default "";

    /**
     * {@return the default value, as JSON; a string need not be quoted} None if empty.
     */
    String defaultValue() default "";
}
