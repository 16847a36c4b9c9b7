/**
 * Contestants in JVMs of their own, several of them if the scenario asks for it. The JVMs live through all rounds of a
 * scenario and take turns of a second or two, so that whatever disturbs the machine hits all contestants alike.
 */
@NullMarked
package io.holdfast.benchmarks.crew;

import org.jspecify.annotations.NullMarked;
