package scenarios

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("simrun.schema.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("simrun.schema.json")
})

// validate checks a scenario file against the schema with other people's code
// for both.
func validate(text []byte) error {
	schema, err := compiled()
	if err != nil {
		return err
	}
	data, err := yaml.YAMLToJSON(text)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

func TestSchemaAcceptsWhatTheLoaderAccepts(t *testing.T) {
	for _, b := range Builtins() {
		text, _ := BuiltinYAML(b.Name)
		if err := validate(text); err != nil {
			t.Errorf("%s: %v", b.Name, err)
		}
	}
	for name, text := range map[string]string{
		"sample": string(Sample()), "defaults": everyDefault,
		"short forms": "{simrun: 1, name: q, parallelism: 3, expect: {fail: [progress, INV-01]}, costs: {record: {order: 0}, byte: 0.5ns}, " +
			"faults: [{at: 0, crash: stock/1}, {after: {trace: running}, cut: {from: order/0, to: broker, both: true}, for: 1s}, " +
			"{at: 1s, lose: {writes_of: order/0}, for: 1s}, {at: 1s, delay: {writes_of: manager, by: 1s}, for: 1s}, {at: 1s, skew: {target: machine/0, by: -1ms}, for: 1s}], " +
			"workload: {arrivals: {closed: {clients: 1}}, operations: none, retry: {max: 0}}, cluster: {detector: {disconnect: off}}}",
	} {
		if _, err := Parse(name, []byte(text), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := validate([]byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Negative control: the schema refuses what an editor should mark.
func TestSchemaRefuses(t *testing.T) {
	for _, wrong := range []string{
		"name: q", "simrun: 1", "{simrun: 2, name: q}", "{simrun: 1, name: a/b}", "{simrun: 1, name: q, tme: {}}",
		"{simrun: 1, name: q, time: {horizon: 60}}", "{simrun: 1, name: q, time: {horizon: 60sec}}", "{simrun: 1, name: q, time: {horizon: 0}}",
		"{simrun: 1, name: q, time: {horizn: 60s}}", "{simrun: 1, name: q, parallelism: 65}", "{simrun: 1, name: q, parallelism: {stok: 1}}",
		"{simrun: 1, name: q, recovery: {protocol: clonoss}}", "{simrun: 1, name: q, recovery: {sharing_depth: deep}}",
		"{simrun: 1, name: q, checkout: {lines: {normal: 3}}}", "{simrun: 1, name: q, checkout: {lines: {uniform: {min: 1}}}}",
		"{simrun: 1, name: q, checkout: {items: {popularity: zipf}}}", "{simrun: 1, name: q, workload: {arrivals: {open: 1/s, closed: {clients: 1}}}}",
		"{simrun: 1, name: q, workload: {arrivals: {open: 100}}}", "{simrun: 1, name: q, workload: {mix: {checkout: 1}}}",
		"{simrun: 1, name: q, faults: {at: 1s}}", "{simrun: 1, name: q, faults: [{at: 1s}]}", "{simrun: 1, name: q, faults: [{crash: stock/1}]}",
		"{simrun: 1, name: q, faults: [{at: 1s, crash: stok/1}]}", "{simrun: 1, name: q, faults: [{at: 1s, crash: []}]}",
		"{simrun: 1, name: q, faults: [{at: 1s, slow: {target: stock/1}, for: 1s}]}", "{simrun: 1, name: q, expect: maybe}",
		"{simrun: 1, name: q, faults: [{at: 1s, delay: {writes_of: stock/1}, for: 1s}]}", "{simrun: 1, name: q, faults: [{at: 1s, skew: {target: stock/1, by: 1}, for: 1s}]}",
		"{simrun: 1, name: q, faults: [{at: 1s, delay: {writes_of: stock/1, by: -1s}, for: 1s}]}",
		"{simrun: 1, name: q, expect: {fail: [nothing]}}", "{simrun: 1, name: q, check: {linearizable: maybe}}",
	} {
		if err := validate([]byte(wrong)); err == nil {
			t.Errorf("the schema accepts %s", wrong)
		}
		if _, err := Parse("wrong", []byte(wrong), nil); err == nil {
			t.Errorf("the loader accepts %s", wrong)
		}
	}
}

// The schema is JSON that others can read, and says what every key is called.
func TestSchemaNamesEveryKey(t *testing.T) {
	var raw map[string]any
	if err := json.Unmarshal(Schema(), &raw); err != nil {
		t.Fatal(err)
	}
	if raw["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("$schema is %v", raw["$schema"])
	}
	sample := string(Sample())
	for _, key := range allKeys(&documentField, "") {
		last := key[strings.LastIndex(key, ".")+1:]
		if !bytes.Contains(Schema(), []byte(`"`+last+`": {`)) {
			t.Errorf("the schema does not have %s", key)
		}
		if !strings.Contains(sample, last+":") {
			t.Errorf("the sample does not show %s", key)
		}
	}
}

func allKeys(f *field, path string) []string {
	if f.kind.Kind().String() == "ptr" || f.kind.Kind().String() == "slice" {
		return allKeys(f.element(f.kind.Elem()), path)
	}
	var keys []string
	for _, child := range f.children() {
		keys = append(keys, join(path, child.key))
		keys = append(keys, allKeys(&child, join(path, child.key))...)
	}
	return keys
}
