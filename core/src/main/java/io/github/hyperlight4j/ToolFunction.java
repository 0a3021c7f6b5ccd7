package io.github.hyperlight4j;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method a tool.
 *
 * @see Tools#of(Object)
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface ToolFunction {

    /** Returns the tool's description, for the model that writes the program. */
    String value();

    /** Returns the tool's name; the method's if empty. */
    String name() default "";

    /** Returns the approval mode. */
    ApprovalMode approval() default ApprovalMode.NEVER_REQUIRE;
}
