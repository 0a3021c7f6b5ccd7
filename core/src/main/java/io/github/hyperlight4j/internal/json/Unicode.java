package io.github.hyperlight4j.internal.json;

/** Finds surrogates without their other half, which Java strings can contain and UTF-8 cannot. */
public final class Unicode {

    private Unicode() {}

    /**
     * {@return the index of the first surrogate without its other half, or -1}
     *
     * @param text any string
     */
    public static int loneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return i;
            }
        }
        return -1;
    }
}
