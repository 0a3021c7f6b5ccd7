/**
 * Generated bindings for hyperlight4j's native library, for {@code io.github.hyperlight4j.core} alone.
 *
 * <p>Symbols are looked up at first use, among the libraries that this module's class loader has loaded. So the library
 * must be loaded, with {@link System#load(String)}, by a class of the same class loader. Native access must be enabled
 * for this module as well as for the one that loads the library.
 */
// Core depends on this module, and is therefore not there yet when it is compiled.
@SuppressWarnings("module")
module io.github.hyperlight4j.bindings {
    exports io.github.hyperlight4j.bindings to
            io.github.hyperlight4j.core;
}
