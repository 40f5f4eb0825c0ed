package weights

import (
	"bytes"
	_ "embed" // the network below
)

// OwnName is what [Open] calls the built-in network.
const OwnName = "stylenet"

// ownFile is the built-in network, trained by package stylelib/training on pictures that package stylelib/training/textures
// makes: a slim VGG-19 up to conv5_1, in float16. Its metadata name the seed, the recipe and the licence.
//
//go:embed stylenet.safetensors
var ownFile []byte

// own reads the built-in network.
func (o Options) own() (*Network, error) {
	n, err := Options{SeedTranspose: o.SeedTranspose}.read(bytes.NewReader(ownFile), int64(len(ownFile)))
	return n, withPath(err, OwnName)
}
