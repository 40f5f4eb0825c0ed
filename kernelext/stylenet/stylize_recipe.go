//go:build cgo

package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"stylenet/kernelext/internal/setup"
	"stylenet/stylelib"
	"stylenet/stylelib/picture"
)

// recipe is how a picture was made. PNG files carry it as JSON.
type recipe struct {
	Options  *painting          `json:"options"`
	SHA256   map[string]string  `json:"sha256"` // of the files content, style, style 2 …, mask …, style-mask … and init, and of the network
	Versions string             `json:"versions"`
	Taken    int                `json:"steps-taken"`
	Loss     float64            `json:"loss"` // of the picture as it entered the last step
	Terms    map[string]float64 `json:"terms"`
}

// files are the painting's input files.
func (p *painting) files() map[string]string {
	files := map[string]string{}
	if p.Content != "" {
		files["content"] = p.Content
	}
	add := func(name string, i int, file string) {
		if i > 0 {
			name = fmt.Sprintf("%s %d", name, i+1)
		}
		files[name] = file
	}
	for i, file := range p.Style {
		add("style", i, file)
	}
	for i, file := range maskFiles(p.Mask) {
		add("mask", i, file)
	}
	for i, file := range maskFiles(p.StyleMask) {
		add("style-mask", i, file)
	}
	if p.startsFromFile() {
		files["init"] = p.Init
	}
	return files
}

// newRecipe says how a result was made.
func newRecipe(p *painting, result *stylelib.Result) (*recipe, error) {
	last := result.Steps[len(result.Steps)-1]
	sums, err := p.sums()
	r := &recipe{Options: p, SHA256: sums, Taken: len(result.Steps), Loss: last.Loss, Terms: last.Terms}
	if result.State != nil {
		r.Versions = result.State.Versions
	}
	return r, err
}

// sums returns the SHA-256 of the painting's input files, and of its network.
func (p *painting) sums() (map[string]string, error) {
	sums := map[string]string{"network": p.networkSum}
	for name, path := range p.files() {
		sum, err := setup.FileSHA256(path)
		if err != nil {
			return nil, err
		}
		sums[name] = sum
	}
	return sums, nil
}

// savePicture writes the result, with its recipe where it can carry one.
func (p *painting) savePicture(result *stylelib.Result) error {
	img := result.Picture
	if p.Bits == 16 {
		img = picture.SixteenBits{Image: img}
	}
	if !p.recipe || !picture.CarriesRecipe(p.Output) {
		return picture.Save(p.Output, img)
	}
	r, err := newRecipe(p, result)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("recipe: %w", err)
	}
	return picture.SaveWithRecipe(p.Output, img, string(text)+"\n")
}

// readRecipe reads the recipe that a picture carries.
func readRecipe(path string) (*recipe, error) {
	text, err := picture.ReadRecipe(path)
	if err != nil {
		return nil, err
	}
	r := &recipe{Options: standardPainting()}
	if err := json.Unmarshal([]byte(text), r); err != nil {
		return nil, fmt.Errorf("the recipe in %s: %w", path, err)
	}
	if r.Options == nil || r.Options.Content == "" && len(r.Options.Style) == 0 {
		return nil, fmt.Errorf("the recipe in %s names no content and no style picture", path)
	}
	return r, nil
}

// painting is what the recipe asks for; it writes to a place of its own.
func (r *recipe) painting() *painting {
	p := *r.Options
	p.Output, p.Frames, p.Trace = "out/again.png", "", ""
	return &p
}

// checkFiles returns an error if an input file, unless a flag names another, is not the one of the recipe.
func (r *recipe) checkFiles(p *painting) error {
	for name, path := range p.files() {
		flag, _, _ := strings.Cut(name, " ")
		if p.given[flag] {
			continue
		}
		sum, err := setup.FileSHA256(path)
		if err != nil {
			return fmt.Errorf("the recipe's %s picture: %w; -%s FILE names another", name, err, flag)
		}
		if want := r.SHA256[name]; sum != want {
			return fmt.Errorf("%s is not the %s picture of the recipe: its SHA-256 is %.12s…, the recipe's %.12s…; -%s FILE takes another", path, name, sum, want, flag)
		}
	}
	return nil
}

// checkNetwork returns an error if the network, unless a flag names another, is not the one of the recipe.
func (r *recipe) checkNetwork(p *painting) error {
	if p.given["weights"] || p.Network == r.Options.Network && p.networkSum == r.SHA256["network"] {
		return nil
	}
	return fmt.Errorf("the recipe's network is %q, what is at hand is %q, or another file of it; -weights NAME takes another", r.Options.Network, p.Network)
}

// showCommand prints the recipe that a picture carries.
func showCommand(_ context.Context, args []string) error {
	others, err := parse(flag.NewFlagSet("show", flag.ContinueOnError), args, "PICTURE")
	if err != nil {
		return err
	}
	text, err := picture.ReadRecipe(others[0])
	if err != nil {
		return err
	}
	_, err = io.WriteString(os.Stdout, text)
	return err
}
