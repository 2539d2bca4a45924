/// The demo: a hub at work with invented leads, shown live. It knows a hub by its address alone.
@org.jspecify.annotations.NullMarked
package dev.porchlight.demo;
