//go:build cgo

package main

import (
	"errors"
	"flag"
	"os"
	"slices"

	"stylenet/stylelib/picture"
)

// parseSettings reads lists of flags, a later one changing what those before say: once to know which pictures, preset or recipe they
// name, and again with what follows from that as the flags' defaults.
func parseSettings(lists ...[]string) (*settings, *recipe, error) {
	asked := standardSettings(true, true)
	if err := asked.parse(lists...); err != nil {
		return nil, nil, err
	}
	var s *settings
	var from *recipe
	var err error
	switch {
	case asked.again != "" && asked.given["preset"]:
		return nil, nil, usageError{errors.New("give -again or -preset: a recipe names its preset itself")}
	case asked.again != "":
		if from, err = readRecipe(asked.again); err != nil {
			return nil, nil, err
		}
		s = from.settings()
	default:
		if s, err = asked.defaults(); err != nil {
			return nil, nil, usageError{err}
		}
	}
	if err := s.parse(lists...); err != nil {
		return nil, nil, err
	}
	if from != nil {
		if err := s.complete(from.Options); err != nil {
			return nil, nil, err
		}
	}
	s.settle()
	if err := s.check(); err != nil {
		return nil, nil, usageError{err}
	}
	return s, from, nil
}

// parse reads lists of flags into the settings.
func (s *settings) parse(lists ...[]string) error {
	s.given = map[string]bool{}
	for _, args := range lists {
		flags := s.flags()
		if _, err := parse(flags, args); err != nil {
			return err
		}
		flags.Visit(func(f *flag.Flag) { s.given[f.Name] = true })
	}
	return nil
}

// defaults returns what stylize does with such pictures and such a preset, unless flags say otherwise.
func (s *settings) defaults() (*settings, error) {
	usual := standardSettings(s.pictures.Content != "", len(s.pictures.Styles) > 0)
	if s.start.Init != "" && !slices.Contains(startWords, s.start.Init) { // a picture is gone on with as it is
		usual.run.Pyramid = false
	}
	if s.network.Preset == "" {
		return usual, nil
	}
	return usual, usual.usePreset(s.network.Preset, s.given["optimizer"])
}

// complete gives the picture that a recipe did without, where flags name one now, the layers, the weight and the start that it would
// have had.
func (s *settings) complete(recipe *settings) error {
	content := recipe.pictures.Content == "" && s.pictures.Content != ""
	style := len(recipe.pictures.Styles) == 0 && len(s.pictures.Styles) > 0
	if !content && !style {
		return nil
	}
	usual, err := s.defaults()
	if err != nil {
		return err
	}
	if content && !s.given["content-layers"] {
		s.loss.ContentLayers = usual.loss.ContentLayers
	}
	if style && !s.given["style-layers"] {
		s.loss.StyleLayers = usual.loss.StyleLayers
	}
	if style && !s.given["content-weight"] {
		s.loss.ContentWeight = usual.loss.ContentWeight
	}
	if !s.given["init"] {
		s.start.Init = usual.start.Init
	}
	return nil
}

// settle puts its file in the place of a sample photograph's name, and leaves out the layers of a picture that there is none of.
func (s *settings) settle() {
	if s.pictures.Content == "" {
		s.loss.ContentLayers = nil
	} else {
		s.pictures.Content = photograph(s.pictures.Content)
	}
	if len(s.pictures.Styles) == 0 {
		s.loss.StyleLayers = nil
	}
	if s.start.Init == "" {
		s.start.Init = standardSettings(s.pictures.Content != "", len(s.pictures.Styles) > 0).start.Init
	}
}

// photograph returns the file of a sample photograph's name; a file's path, or what is neither, stays.
func photograph(name string) string {
	if _, err := os.Stat(name); err != nil {
		if file, err := picture.Sample(name); err == nil {
			return file
		}
	}
	return name
}
