package io.holdfast.examples.orders.input;

/**
 * A row that isn't an order.
 *
 * @param line where it begins in the file, counted from 1
 * @param reason what is wrong with it
 */
public record BadRow(int line, String reason) {}
