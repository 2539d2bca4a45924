/// SparkQL, the language of a `_filter`: text becomes a typed tree, the tree is evaluated over
/// values or written as SQL.
///
/// [Filter#parse] reads a filter against a [Catalogue] that knows the attributes. [Evaluator]
/// decides whether one row matches; [SqlWriter] writes a condition with bound values and says
/// whether it selects exactly what the evaluator would, or more. The two are held together by a
/// property test. Nothing here does I/O, keeps state or reads a clock.
@NullMarked
package dev.porchlight.filter;

import org.jspecify.annotations.NullMarked;
