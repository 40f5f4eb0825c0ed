package stylelib

import (
	"fmt"
	"slices"
	"strings"

	"stylenet/stylelib/internal/identity"
	"stylenet/stylelib/vgg"
)

// What makes two runs the same is said here, for all who ask: by package identity, from the types of Options, Term and Extractor
// and the tags of their fields.

// programIdentity describes what a run's programs are compiled from. Weights, masks and pictures are given to them when they run.
func (o *Options) programIdentity() string { return identity.Of(identity.Program, *o) }

// lossIdentity describes the loss as a function of the picture, with the weights that hold now, by the terms' names. pictures is a
// checksum of the pictures and masks that it depends on.
func (o *Options) lossIdentity(net *vgg.Extractor, weights map[string]float64, pictures []byte) string {
	weighted := *o
	weighted.Terms = slices.Clone(o.Terms)
	for i := range weighted.Terms {
		weighted.Terms[i].Weight = weights[weighted.Terms[i].Name]
	}
	return fmt.Sprintf("%s; network: %s; pictures: %x", identity.Of(identity.Loss, weighted), net.Identity(identity.Loss), pictures)
}

// styleIdentity describes how a network turns a style picture into features. Circular padding is reflected there: see
// [vgg.Forward].
func styleIdentity(net *vgg.Extractor) string {
	return strings.ReplaceAll(net.Identity(identity.Style), "circular", "reflect")
}
