package io.github.hyperlight4j.codeact.internal;

import java.util.Locale;

/** Text for a person who decides on it, without characters that hide or reorder what it says. */
public final class VisibleText {

    private VisibleText() {}

    /**
     * {@return the text, with each character that cannot be seen in the form {@code <U+202E>}}
     *
     * @param text any text
     */
    public static String of(String text) {
        if (text.codePoints().noneMatch(VisibleText::isHidden)) {
            return text;
        }
        StringBuilder visible = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(character -> {
            if (isHidden(character)) {
                visible.append(String.format(Locale.ROOT, "<U+%04X>", character));
            } else {
                visible.appendCodePoint(character);
            }
        });
        return visible.toString();
    }

    private static boolean isHidden(int character) {
        if (character == '\n' || character == '\t') {
            return false;
        }
        return switch ((byte) Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> true;
            case Character.SPACE_SEPARATOR -> character != ' ';
            default -> isInvisibleLetter(character);
        };
    }

    /** Characters that are drawn as nothing, though their category is that of letters or marks. */
    private static boolean isInvisibleLetter(int character) {
        return character == 0x034F // combining grapheme joiner
                || character == 0x115F // Hangul fillers
                || character == 0x1160
                || character == 0x3164
                || character == 0xFFA0
                || (character >= 0x17B4 && character <= 0x17B5) // Khmer inherent vowels
                || (character >= 0x180B && character <= 0x180F) // Mongolian variation selectors
                || (character >= 0xFE00 && character <= 0xFE0F) // variation selectors
                || (character >= 0xE0100 && character <= 0xE01EF);
    }
}
