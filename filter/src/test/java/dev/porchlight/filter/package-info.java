/// Tests of the filter language.
@NullMarked
package dev.porchlight.filter;

import org.jspecify.annotations.NullMarked;
