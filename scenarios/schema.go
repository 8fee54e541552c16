package scenarios

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

//go:embed sample.yaml
var sampleYAML []byte

// Sample is a commented scenario to start from.
func Sample() []byte { return slices.Clone(sampleYAML) }

// Schema is the JSON Schema of scenario files, made of the same tags as the
// loader. It cannot say how keys contradict each other: the loader is stricter.
func Schema() []byte {
	root := mapSchema(&documentField)
	root.Version = jsonschema.Version
	root.Title = "simrun scenario"
	root.Required = []string{"simrun", "name"}
	root.Definitions = definitions()
	data, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("scenarios: schema: %v", err))
	}
	return append(data, '\n')
}

// definitions are what many keys share: targets, expectations, numbers with
// units, distributions of times. Numbers that may be 0 have a name of their own.
func definitions() jsonschema.Definitions {
	defs := jsonschema.Definitions{"target": targetSchema(), "expected": expectedSchema()}
	for name, form := range forms {
		if form.unitless() {
			continue
		}
		text := &jsonschema.Schema{Type: "string", Pattern: form.pattern()}
		defs[name] = text
		defs[name+"_or_0"] = &jsonschema.Schema{OneOf: []*jsonschema.Schema{text, {Const: 0}}}
	}
	defs["times"] = distributionSchema(&field{form: "time"})
	return defs
}

func reference(name string) *jsonschema.Schema { return &jsonschema.Schema{Ref: "#/$defs/" + name} }

func schemaOf(f *field) *jsonschema.Schema {
	s := typeSchema(f)
	if f.all {
		s = &jsonschema.Schema{OneOf: append([]*jsonschema.Schema{s}, wholeSchema(f))}
	}
	s.Description = f.doc
	return s
}

// wholeSchema is that of one value for all keys of a field.
func wholeSchema(f *field) *jsonschema.Schema {
	return typeSchema(&f.children()[0])
}

func typeSchema(f *field) *jsonschema.Schema {
	switch f.kind {
	case typeDistribution:
		if f.form == "time" {
			return reference("times")
		}
		return distributionSchema(f)
	case typePopularity:
		theta := &field{form: "milli", max: 10_000}
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{enum("uniform"), object("zipf", numberSchema(theta))}}
	case typeTarget:
		return reference("target")
	case typeExpected:
		return reference("expected")
	}
	switch f.kind.Kind() {
	case reflect.Pointer:
		held := f.element(f.kind.Elem())
		s := typeSchema(held)
		for _, child := range held.children() {
			if !child.optional && child.one == "" && child.preset == "" { // no default reaches below a fault
				s.Required = append(s.Required, child.key)
			}
		}
		return s
	case reflect.Slice:
		element := typeSchema(f.element(f.kind.Elem()))
		list := &jsonschema.Schema{Type: "array", Items: element}
		if f.kind.Elem() == typeTarget {
			least := uint64(1)
			list.MinItems = &least
			return &jsonschema.Schema{OneOf: []*jsonschema.Schema{element, list}}
		}
		return list
	case reflect.Struct, reflect.Array:
		return mapSchema(f)
	case reflect.Bool:
		return &jsonschema.Schema{Enum: []any{"on", "off", true, false}}
	case reflect.String:
		return stringSchema(f)
	}
	number := numberSchema(f)
	word := f.specialWord
	if f.off != "" {
		word = "off"
	}
	if word == "" {
		return number
	}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{number, enum(word)}}
}

// mapSchema is that of a map. What the loader fills in is not required.
func mapSchema(f *field) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	groups := map[string][]*jsonschema.Schema{}
	var order []string
	for _, child := range f.children() {
		s.Properties.Set(child.key, schemaOf(&child))
		if child.one != "" {
			if groups[child.one] == nil {
				order = append(order, child.one)
			}
			groups[child.one] = append(groups[child.one], &jsonschema.Schema{Required: []string{child.key}})
		}
	}
	for _, group := range order {
		s.AllOf = append(s.AllOf, &jsonschema.Schema{OneOf: groups[group]})
	}
	return s
}

func stringSchema(f *field) *jsonschema.Schema {
	words := slices.Clone(f.words)
	if f.specialWord != "" {
		words = append(words, f.specialWord)
	}
	if len(words) > 0 {
		return enum(words...)
	}
	s := &jsonschema.Schema{Type: "string"}
	if f.form == "name" {
		s.Pattern = namePattern.String()
	} else {
		most := uint64(textMax)
		s.MaxLength = &most
	}
	return s
}

// numberSchema is that of a number with its unit; 0 needs none.
func numberSchema(f *field) *jsonschema.Schema {
	form := f.number()
	if form.unitless() {
		s := &jsonschema.Schema{Type: "integer", Minimum: json.Number(form.format(f.min))}
		if form.units[0].num > 1 {
			s.Type = "number"
		}
		if most := uint64(f.max); most < 1<<53 {
			s.Maximum = json.Number(form.format(f.max))
		}
		return s
	}
	if f.min > 0 {
		return reference(f.form)
	}
	return reference(f.form + "_or_0")
}

func distributionSchema(f *field) *jsonschema.Schema {
	shapes := []*jsonschema.Schema{numberSchema(f)}
	for _, keys := range shapeKeys {
		if len(keys) == 0 {
			continue
		}
		var parts []any
		for _, key := range keys[1:] {
			parts = append(parts, key, numberSchema(f))
		}
		shapes = append(shapes, object(keys[0], object(parts...)))
	}
	return &jsonschema.Schema{OneOf: shapes}
}

func targetSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string",
		Pattern: `^((` + strings.Join(operators[:count], "|") + `|` + operators[count] + `[1-9])/[0-9]+(/standby)?|machine/[0-9]+|manager|broker|store)$`}
}

func expectedSchema() *jsonschema.Schema {
	least := uint64(1)
	checks := &jsonschema.Schema{Type: "array", MinItems: &least, UniqueItems: true,
		Items: &jsonschema.Schema{Type: "string", Pattern: `^(` + strings.Join(checkNames, "|") + `|INV-[0-9]{2})$`}}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{enum(expectWords...), object("fail", checks)}}
}

func enum(words ...string) *jsonschema.Schema {
	s := &jsonschema.Schema{}
	for _, word := range words {
		s.Enum = append(s.Enum, word)
	}
	return s
}

// object is the schema of a map of exactly the given keys, each followed by
// its schema.
func object(parts ...any) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), AdditionalProperties: jsonschema.FalseSchema}
	for i := 0; i < len(parts); i += 2 {
		key := parts[i].(string)
		s.Properties.Set(key, parts[i+1].(*jsonschema.Schema))
		s.Required = append(s.Required, key)
	}
	return s
}
