package testkit

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// Reference is what testdata/reference.py recorded, in PyTorch's float64.
type Reference struct {
	Cases    []ReferenceCase
	Features map[string]struct {
		Shape                  []int
		Mean, Norm, Projection float64
	}
	Adam struct {
		Weights map[string]float64
		Rate    float64
		Terms   []map[string]float64
		Picture Packed
	}
}

// ReferenceCase has the losses and their gradients, by term, for one padding and pooling.
type ReferenceCase struct {
	Padding, Pooling string
	Losses           map[string]float64
	Gradients        map[string]Packed
}

// Packed is float32 values, little-endian, in base64.
type Packed string

// Values returns the values.
func (p Packed) Values(t *testing.T) []float32 {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(string(p))
	if err != nil {
		t.Fatal(err)
	}
	values := make([]float32, len(data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return values
}

// ReadReference reads a file of this package's testdata.
func ReadReference(t *testing.T, name string) Reference {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(here(), "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var r Reference
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}
