package weights

import (
	"bytes"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The built-in network is at hand without a file, small, and says where it comes from.
func TestOwnNetwork(t *testing.T) {
	homeless(t)
	for _, name := range []string{"", OwnName} {
		n, err := Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if first, last := n.Convs[0].Name, n.Convs[len(n.Convs)-1].Name; len(n.Convs) != 13 || first != "conv1_1" || last != "conv5_1" {
			t.Errorf("%q: %d convolutions from %s to %s", name, len(n.Convs), first, last)
		}
		if n.Origin[:8] != "stylenet" || !n.AveragePooling || n.Licence == "" || len(n.Warnings) > 0 {
			t.Errorf("%q: origin %q, licence %q, warnings %q", name, n.Origin, n.Licence, n.Warnings)
		}
	}
	if len(ownFile) > 2_000_000 {
		t.Errorf("the file has %d bytes, more than 2 MB", len(ownFile))
	}
	c, err := list(bytes.NewReader(ownFile), int64(len(ownFile)))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"origin", "seed", "recipe", "licence"} {
		if c.metadata[key] == "" {
			t.Errorf("no %s in the file's metadata", key)
		}
	}
}

// What SaveHalf writes is what Load reads, every number rounded to 11 bits.
func TestSaveHalf(t *testing.T) {
	n, err := Open(t.Context(), OwnName) // its numbers are rounded already, so they are moved
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range n.Convs {
		for i := range c.Kernel {
			c.Kernel[i] *= 1.0003
		}
	}
	path := filepath.Join(t.TempDir(), "half.safetensors")
	if err := n.SaveHalf(path, map[string]string{"seed": "7"}); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.Input != n.Input || !got.AveragePooling || got.Origin != n.Origin || got.Licence != n.Licence {
		t.Errorf("input %v, origin %q, licence %q", got.Input, got.Origin, got.Licence)
	}
	for i, c := range n.Convs {
		read := slices.Concat(got.Convs[i].Kernel, got.Convs[i].Bias)
		for k, v := range slices.Concat(c.Kernel, c.Bias) {
			w := read[k]
			if math.Abs(float64(v-w)) > math.Abs(float64(v))/2048+1./(1<<25) {
				t.Fatalf("%s: %g came back as %g", c.Name, v, w)
			}
		}
	}
}

// A file says by its metadata how features are halved; another word for it is an error.
func TestPoolingOfAFile(t *testing.T) {
	for word, want := range map[string]string{"": "max", "max": "max", "avg": "avg"} {
		n := &Network{}
		if err := n.describe(map[string]string{"padding": "zero", "pooling": word}); err != nil || n.PoolingName() != want {
			t.Errorf("%q: %s, error %v, want %s", word, n.PoolingName(), err, want)
		}
	}
	if err := new(Network).describe(map[string]string{"padding": "zero", "pooling": "median"}); err == nil || !strings.Contains(err.Error(), `no pooling "median"`) {
		t.Errorf("error %v", err)
	}
}
