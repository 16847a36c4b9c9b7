package io.holdfast.benchmarks.report;

import com.google.gson.JsonObject;

/**
 * A picture of figures.
 *
 * @param id a name of letters, digits and hyphens that no other chart of the report has
 * @param title what it shows
 * @param caption how to read it
 * @param height in pixels
 * @param option what ECharts draws
 * @param table the same figures as text
 */
record Chart(String id, String title, String caption, int height, JsonObject option, Rows table) {}
