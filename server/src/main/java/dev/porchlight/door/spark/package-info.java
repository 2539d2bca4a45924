/// The Spark door: `/v1`, as clients of the Spark contacts interface know it. [SparkDoor] is where
/// it begins; a resource of the door is a template with what each method answers ([Resource]).
@org.jspecify.annotations.NullMarked
package dev.porchlight.door.spark;
