//go:build cgo

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"stylenet/kernelext/internal/setup"
	"stylenet/stylelib"
	"stylenet/stylelib/picture"
)

// recipeFormat is the version of what recipes say. Format 1 had no number; [upgradedRecipe] reads it. Up to format 2 Adam's learning rate
// stayed.
const recipeFormat = 3

// recipe is how a picture was made. PNG files carry it as JSON.
type recipe struct {
	Format   int                `json:"format"`
	Options  *settings          `json:"options"`
	Resolved resolved           `json:"resolved"`
	SHA256   map[string]string  `json:"sha256"` // of the files content, style, style 2 …, mask …, style-mask … and init, and of the network
	Versions string             `json:"versions"`
	Taken    int                `json:"steps-taken"`
	Loss     float64            `json:"loss"` // of the picture as it entered the last step
	Terms    map[string]float64 `json:"terms"`
}

// newRecipe says how a result was made.
func newRecipe(p *painting, result *stylelib.Result) (*recipe, error) {
	last := result.Steps[len(result.Steps)-1]
	sums, err := p.sums()
	r := &recipe{Format: recipeFormat, Options: p.asked, Resolved: p.resolved, SHA256: sums, Taken: len(result.Steps), Loss: last.Loss, Terms: last.Terms}
	if result.State != nil {
		r.Versions = result.State.Versions
	}
	return r, err
}

// sums returns the SHA-256 of the painting's input files, and of its network.
func (p *painting) sums() (map[string]string, error) {
	sums := map[string]string{"network": p.networkSum()}
	for name, path := range p.asked.options().files() {
		sum, err := setup.FileSHA256(path)
		if err != nil {
			return nil, err
		}
		sums[name] = sum
	}
	return sums, nil
}

// identity is the same for settings and checksums that make the same picture.
func (s *settings) identity(sums map[string]string) string {
	return s.options().description(false) + fmt.Sprint(sums) // maps are printed in the order of their keys
}

// finished tells whether the output is there and was made by such a painting, to the end. What is there of another one will be
// painted over; what nothing here has made is an error.
func (p *painting) finished() (bool, error) {
	r, err := readRecipe(p.asked.output.File)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("the output is there already, and no job's: %w", err)
	}
	sums, err := p.sums()
	return err == nil && r.Options.identity(r.SHA256) == p.asked.identity(sums) && r.Taken == p.asked.run.Steps, err
}

// readRecipe reads the recipe that a picture carries.
func readRecipe(path string) (*recipe, error) {
	text, err := picture.ReadRecipe(path)
	if err != nil {
		return nil, err
	}
	r, err := parseRecipe([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("the recipe in %s: %w", path, err)
	}
	return r, nil
}

// parseRecipe reads a recipe of this format or of the one before.
func parseRecipe(text []byte) (*recipe, error) {
	var head struct{ Format int }
	err := json.Unmarshal(text, &head)
	switch {
	case err != nil:
		return nil, err
	case head.Format == 0:
		if text, err = upgradedRecipe(text); err != nil {
			return nil, err
		}
	case head.Format < 0 || head.Format > recipeFormat:
		return nil, fmt.Errorf("it has format %d; formats up to %d are read, newer ones by a newer StyleNet", head.Format, recipeFormat)
	}
	r := &recipe{Options: standardSettings(true, true)}
	if head.Format < 3 {
		r.Options.run.Decay = 1
	}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, err
	}
	if r.Options == nil || r.Options.pictures.Content == "" && len(r.Options.pictures.Styles) == 0 {
		return nil, errors.New("it names no content and no style picture")
	}
	return r, nil
}

// settings are what the recipe asks for; they write to a place of their own.
func (r *recipe) settings() *settings {
	s := *r.Options
	s.output.File = "out/again.png"
	return &s
}

// checkFiles returns an error if an input file, unless a flag names another, is not the one of the recipe.
func (r *recipe) checkFiles(s *settings) error {
	for name, path := range s.options().files() {
		flag, _, _ := strings.Cut(name, " ")
		if s.given[flag] {
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
	if p.asked.given["weights"] || p.resolved.Network == r.Resolved.Network && p.networkSum() == r.SHA256["network"] {
		return nil
	}
	return fmt.Errorf("the recipe's network is %q, what is at hand is %q, or another file of it; -weights NAME takes another", r.Resolved.Network, p.resolved.Network)
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
