//go:build cgo

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"stylenet/stylelib"
)

// upgradedRecipe turns a recipe of format 1 into one of format 2: options have other names and values, and what they turned out to be
// stands apart from them.
func upgradedRecipe(text []byte) ([]byte, error) {
	var r map[string]any
	read := json.NewDecoder(bytes.NewReader(text))
	read.UseNumber() // a seed has more digits than a float64
	if err := read.Decode(&r); err != nil {
		return nil, err
	}
	o, ok := r["options"].(map[string]any)
	if !ok {
		return nil, errors.New("it has no options")
	}
	found := map[string]any{}
	for _, name := range []string{"network", "padding", "width", "height", "backend"} {
		found[name] = o[name]
		delete(o, name)
	}
	for _, name := range []string{"output", "every", "frames", "trace"} {
		delete(o, name)
	}
	for was, is := range map[string]string{"own-padding": "padding", "range": "clip"} {
		if value, ok := o[was]; ok {
			o[is] = value
			delete(o, was)
		}
	}
	if _, ok := o["noise"]; !ok { // 0 was left out
		o["noise"] = 0
	}
	for name, values := range map[string]map[string]string{
		"clip":         {"clipped": stylelib.ClipEveryStep.String(), "free": stylelib.ClipShown.String(), "stretched": stylelib.StretchShown.String()},
		"colour-space": {"codes": "srgb", "light": "linear"},
		"colour":       {"match-symmetric": "match-monge-kantorovich"},
	} {
		was, _ := o[name].(string)
		if is, ok := values[was]; ok {
			o[name] = is
		}
	}
	if style, ok := o["style"].(string); ok {
		o["style"] = []any{style}
	}
	styles, _ := o["style"].([]any)
	for i, style := range styles {
		if file, ok := style.(string); ok && strings.HasSuffix(file, ".palette") { // a saved style
			styles[i] = strings.TrimSuffix(file, ".palette") + stylelib.StyleEnding
		}
	}
	r["format"], r["resolved"] = 2, found
	return json.Marshal(r)
}
