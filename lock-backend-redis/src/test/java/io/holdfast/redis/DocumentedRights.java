package io.holdfast.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What {@code docs/redis.md} says of the rights that a user needs. */
final class DocumentedRights {
    private DocumentedRights() {}

    /** The command that makes the user for a set-up. */
    static String[] rule(String setUp) throws IOException {
        return first("^# " + setUp + "\\R(ACL SETUSER .*)$").split(" ");
    }

    /** The commands in some rows of the table, in the form of a rule. */
    static List<String> commands(String... rows) throws IOException {
        List<String> commands = new ArrayList<>();
        for (String row : rows) {
            Pattern.compile("`([A-Z ]+)`")
                    .matcher(first("^\\| " + row + " \\|(.*)\\|$"))
                    .results()
                    .map(command -> command.group(1).toLowerCase(Locale.ROOT).replace(' ', '|'))
                    .forEach(commands::add);
        }
        return commands;
    }

    private static String first(String pattern) throws IOException {
        String text = Files.readString(Path.of("..", "docs", "redis.md"));
        MatchResult found = Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("docs/redis.md has no " + pattern));
        return found.group(1);
    }
}
