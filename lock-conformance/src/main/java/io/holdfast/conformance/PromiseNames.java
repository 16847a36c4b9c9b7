package io.holdfast.conformance;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayNameGenerator;

/** Shows a test as the sentence that its name is, with the number of the promise that it verifies. */
final class PromiseNames extends DisplayNameGenerator.Standard {
    @Override
    public String generateDisplayNameForNestedClass(List<Class<?>> enclosing, Class<?> nested) {
        return sentence(nested.getSimpleName());
    }

    @Override
    public String generateDisplayNameForMethod(List<Class<?>> enclosing, Class<?> type, Method method) {
        Promise promise = method.getAnnotation(Promise.class);
        String sentence = sentence(method.getName());
        return promise == null ? sentence : sentence + " (promise " + promise.value() + ")";
    }

    private static String sentence(String camelCase) {
        String words = camelCase.replaceAll("(?<=.)(?=\\p{Upper})", " ").toLowerCase(Locale.ROOT);
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}
