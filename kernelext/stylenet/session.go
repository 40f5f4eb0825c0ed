//go:build cgo

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"stylenet/stylelib"
	"stylenet/stylelib/preset"
	"stylenet/stylelib/vgg"
	"stylenet/weights"

	"github.com/gomlx/compute"
)

// session paints pictures, one after the other: what one has opened and compiled serves the next.
type session struct {
	backend compute.Backend // nil before the first picture
	quiet   bool            // it does not print which network it is
	network openedNetwork

	stylizer  *stylelib.Stylizer
	extractor *vgg.Extractor // the stylizer's
	runs      networkRun     // what the extractor was made from
}

// openedNetwork is a network, from is what it was opened by.
type openedNetwork struct {
	*weights.Network
	from struct {
		weightsSettings
		assume string
	}
	sum func() string // see [weights.Network.Sum]; computed in the background
}

// networkRun is a network and how it is run; where that changes, a new stylizer is needed.
type networkRun struct {
	weightsSettings
	networkSettings
}

// prepare finds out what can be known of a painting before it is painted, and opens its network. The recipe that it
// repeats, if there is one, must agree.
func (s *session) prepare(ctx context.Context, asked *settings, from *recipe) (*painting, error) {
	p := &painting{asked: asked}
	var err error
	if p.preset, err = asked.preset(); err != nil {
		return nil, err
	}
	if from != nil {
		if err := from.checkFiles(asked); err != nil {
			return nil, err
		}
	}
	if err := s.openNetwork(ctx, asked.weights, p.preset); err != nil {
		return nil, err
	}
	p.extractor = s.extractor
	if runs := (networkRun{asked.weights, asked.network}); p.extractor == nil || runs != s.runs {
		if p.extractor, err = asked.network.extractor(p.preset, s.network.Network); err != nil {
			return nil, err
		}
	}
	p.networkSum = s.network.sum
	p.resolved.Network, p.resolved.Padding = s.network.Origin, p.extractor.Padding.String()
	if from != nil {
		return p, from.checkNetwork(p)
	}
	return p, nil
}

// openNetwork opens the network, unless it was the last painting's, and says which it is.
func (s *session) openNetwork(ctx context.Context, asked weightsSettings, preset *preset.Preset) error {
	var opened openedNetwork
	opened.from.weightsSettings = asked
	if preset != nil {
		opened.from.assume = preset.Origin
	}
	if s.network.Network != nil && s.network.from == opened.from {
		return nil
	}
	bar := newDownloadBar(os.Stderr)
	o := weights.Options{Origin: asked.Origin, Assume: opened.from.assume, SeedTranspose: asked.SeedTranspose, Progress: bar.report}
	var err error
	opened.Network, err = o.Open(ctx, asked.Name)
	bar.end()
	if err != nil {
		return err
	}
	for _, warning := range opened.Warnings {
		fmt.Fprintln(os.Stderr, "warning:", warning)
	}
	opened.sum = sync.OnceValue(opened.Sum)
	go opened.sum()
	s.network = opened
	if !s.quiet {
		fmt.Println("network:", opened.Origin)
	}
	if asked.Name == "" && strings.HasPrefix(opened.Origin, weights.OwnName) {
		fmt.Println("it is the small built-in one; `go run ./kernelext/stylenet weights fetch vgg19` (80 MB) fetches that of the papers, vgg19-slim (4 MB) is between")
	}
	return nil
}

// open opens the backend.
func (s *session) open() (err error) {
	if s.backend == nil {
		s.backend, err = stylelib.OpenBackend()
	}
	return err
}

// makeStylizer makes the stylizer for a painting, unless it is the last one's.
func (s *session) makeStylizer(p *painting) error {
	if err := s.open(); err != nil {
		return err
	}
	p.resolved.Backend = s.backend.Name()
	if s.stylizer != nil && s.extractor == p.extractor {
		return nil
	}
	if s.stylizer != nil {
		s.stylizer.Finalize()
		if err := s.extractor.Finalize(); err != nil {
			return err
		}
	}
	s.stylizer = stylelib.NewStylizer(s.backend, p.extractor, stylelib.Options{})
	s.extractor, s.runs = p.extractor, networkRun{p.asked.weights, p.asked.network}
	return nil
}
