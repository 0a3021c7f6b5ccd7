/**
 * Runs Python in Hyperlight micro-VMs, with Java methods as its tools.
 *
 * <p>It calls native code: start the JVM with
 * {@code --enable-native-access=io.github.hyperlight4j.core,io.github.hyperlight4j.bindings}, or with
 * {@code ALL-UNNAMED} when it is on the class path.
 */
@SuppressWarnings("requires-automatic") // Apache HttpClient's modules have a name and no description yet.
module io.github.hyperlight4j.core {
    requires static transitive org.jspecify;
    requires com.fasterxml.classmate;
    requires com.github.victools.jsonschema.generator;
    requires com.networknt.schema;
    requires io.github.hyperlight4j.bindings;
    requires org.apache.httpcomponents.client5.httpclient5;
    requires org.apache.httpcomponents.core5.httpcore5;
    requires tools.jackson.databind;

    exports io.github.hyperlight4j;
}
