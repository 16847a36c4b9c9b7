package io.holdfast.redis;

import java.nio.charset.StandardCharsets;

/** A script's answer, read word by word: cheaper for both sides than a list. Words are separated by single blanks. Not thread-safe. */
final class Words {
    private final byte[] text;
    private int position;

    Words(byte[] text) {
        this.text = text;
    }

    /** Puts words together. */
    static byte[] join(byte[]... words) {
        int length = words.length - 1;
        for (byte[] word : words) {
            length += word.length;
        }
        byte[] text = new byte[length];
        int end = 0;
        for (byte[] word : words) {
            if (end > 0) {
                text[end++] = ' ';
            }
            System.arraycopy(word, 0, text, end, word.length);
            end += word.length;
        }
        return text;
    }

    /** Whether there is a word of this one character, and nothing else. */
    boolean isAlone(char word) {
        return text.length == 1 && text[0] == word;
    }

    /** Whether the first of several words is this one character. */
    boolean startsWith(char word) {
        return text.length > 1 && text[0] == word && text[1] == ' ';
    }

    boolean isAtEnd() {
        return position >= text.length;
    }

    void skip() {
        position = end() + 1;
    }

    String next() {
        int start = position;
        skip();
        return new String(text, start, position - 1 - start, StandardCharsets.US_ASCII);
    }

    long number() {
        int start = position;
        skip();
        boolean negative = text[start] == '-';
        long number = 0;
        for (int i = negative ? start + 1 : start; i < position - 1; i++) {
            number = number * 10 + digit(text[i]);
        }
        return negative ? -number : number;
    }

    private static int digit(byte character) {
        if (character < '0' || character > '9') {
            throw new NumberFormatException("'" + (char) character + "' is no digit");
        }
        return character - '0';
    }

    /** A fencing token. */
    long token() {
        return FencingTokens.parse(next());
    }

    /** The id of a request. */
    long id() {
        return Commands.parseId(next());
    }

    /** All that is left, which may hold blanks. */
    String rest() {
        String rest = new String(text, position, text.length - position, StandardCharsets.UTF_8);
        position = text.length;
        return rest;
    }

    private int end() {
        int end = position;
        while (end < text.length && text[end] != ' ') {
            end++;
        }
        return end;
    }
}
