/// How far the asking for leads has come, source by source.
@org.jspecify.annotations.NullMarked
package dev.porchlight.desk.poll;
