package io.holdfast.benchmarks.report;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** JSON in few words. */
final class Json {
    private static final Gson GSON = new Gson();

    private Json() {}

    /** An object of names and values in turn. */
    static JsonObject object(Object... namesAndValues) {
        JsonObject object = new JsonObject();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.add((String) namesAndValues[i], element(namesAndValues[i + 1]));
        }
        return object;
    }

    static JsonElement element(Object value) {
        return value instanceof JsonElement already ? already : GSON.toJsonTree(value);
    }
}
