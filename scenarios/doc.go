// Package scenarios owns scenario files: their structs, the strict loader that
// reports everything wrong at once with its place, the expanded form, the
// schema, the built-in scenarios, and how a scenario becomes a run.
//
// A scenario file goes through a tree of nodes that know where they came from
// (file, default, --set). Defaults are filled in and overrides applied in the
// tree; only then is it decoded, by the tags of the structs, which also make
// the schema and the expanded form: the three cannot disagree.
//
// It must not know how results are stored or shown. Start reading in
// scenario.go, then load.go, fields.go, decode.go, rules.go.
package scenarios
