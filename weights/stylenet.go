package weights

import (
	"bytes"
	_ "embed" // the network below
)

// OwnName is what [Open] calls StyleNet's own network.
const OwnName = "stylenet"

// ownFile is StyleNet's own network, trained by `stylenet train-eyes` on pictures that package stylelib/eyes/paint
// makes: a slim VGG-19 up to conv5_1, in float16. Its metadata name the seed, the recipe and the licence.
//
//go:embed stylenet.safetensors
var ownFile []byte

// own reads StyleNet's own network.
func (o Options) own() (*Network, error) {
	n, err := Options{SeedTranspose: o.SeedTranspose}.read(bytes.NewReader(ownFile), int64(len(ownFile)))
	return n, withPath(err, OwnName)
}
