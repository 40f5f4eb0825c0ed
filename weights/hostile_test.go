package weights

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"
)

// zeros writes n zeros, a megabyte at a time.
func zeros(w io.Writer, n int) {
	block := make([]byte, 1<<20)
	for ; n > 0; n -= len(block) {
		w.Write(block[:min(n, len(block))])
	}
}

// npzBomb is an archive whose conv1_1_W has the given shape and n bytes of zeros, packed a thousandfold.
func npzBomb(shape string, n int) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("conv1_1_W.npy")
	header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }\n", shape)
	fmt.Fprintf(w, "\x93NUMPY\x01\x00%s%s", binary.LittleEndian.AppendUint16(nil, uint16(len(header))), header)
	zeros(w, n)
	z.Close()
	return b.Bytes()
}

// matBomb is the packed file in testdata with its variable layers replaced by one that goes on with n zeros.
func matBomb(n int) []byte {
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	element := func(words ...uint32) {
		binary.Write(w, binary.LittleEndian, words)
	}
	element(14, 0xfffffff0, 6, 8, 1, 0, 5, 8, 1, 43, 1, 6) // a cell [1, 43] called …
	io.WriteString(w, "layers\x00\x00")
	element(14, 0xffffff00, 6, 8, 2, 0, 5, 8, 1, 1, 1, 0) // whose first entry is a struct …
	element(4<<16|5, 8, 1, 8)
	io.WriteString(w, "weights\x00")
	element(14, 0xfffff000, 6, 8, 7, 0, 5, 16, 3, 3, 512, 512, 1, 0, 7, 9437184) // and this its kernel
	zeros(w, n)
	w.Close()
	file := append(bytes.Repeat([]byte(" "), 124), "\x00\x01IM"...)
	copy(file, "MATLAB 5.0 MAT-file")
	file = binary.LittleEndian.AppendUint32(file, 15)
	file = binary.LittleEndian.AppendUint32(file, uint32(packed.Len()))
	return append(file, packed.Bytes()...)
}

// Small files that claim to be huge take no more memory than a few of VGG-19's largest layers.
func TestHostileFilesTakeLittle(t *testing.T) {
	const largest = 4 * maxKernel // bytes
	safetensors := func(header string) []byte {
		return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
	}
	h5, err := os.ReadFile("testdata/keras2-gzip.h5")
	if err != nil {
		t.Fatal(err)
	}
	shape := []byte{3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0}
	at := bytes.Index(h5, shape)
	copy(h5[at+24:], []byte{0, 0, 0, 0x40}) // conv1_1 now has 2³⁰ filters
	for name, data := range map[string][]byte{
		"npz of 65 MB":           npzBomb("3, 3, 3, 600000", 64_800_000),
		"npz of 2⁴⁰ values":      npzBomb("3, 3, 3, 1099511627776", 1<<20),
		"npz, kernel of 1x1":     npzBomb("4096, 4096", 1<<26),
		"mat of 67 MB":           matBomb(1 << 26),
		"mat that ends early":    matBomb(1000),
		"h5 of 2³⁰ filters":      h5,
		"safetensors of 2⁶² B":   binary.LittleEndian.AppendUint64(nil, 1<<62),
		"safetensors, 2⁴⁰ value": safetensors(`{"features.0.weight":{"dtype":"F32","shape":[1099511627776,3,3,3],"data_offsets":[0,108]}}`),
		"deep JSON":              safetensors(`{"a":` + string(bytes.Repeat([]byte("["), 1<<20))),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := readBytes(data)
		runtime.ReadMemStats(&after)
		var damaged *FormatError
		var unsupported *UnsupportedError
		if !errors.As(err, &damaged) && !errors.As(err, &unsupported) {
			t.Errorf("%s: error %v", name, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 3*largest+20*uint64(len(data)) {
			t.Errorf("%s, %d bytes: %d bytes allocated: %v", name, len(data), used, err)
		}
	}
}
