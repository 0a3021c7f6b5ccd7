package io.github.hyperlight4j;

/** Policy for a program that prints more than its limit. */
public enum OutputOverflow {
    /** It goes on; what is beyond the limit is dropped, and a mark put in its place. */
    CUT,
    /** It ends, as {@link Outcome.OutputLimit}; the mark is there too. */
    STOP
}
