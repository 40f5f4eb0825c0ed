package weights

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"path/filepath"

	"stylenet/weights/internal/array"
	"stylenet/weights/internal/safetensors"
)

// metadataSums holds, in our own files, the CRC-32C of each array's bytes: a JSON object of numbers by array name.
const metadataSums = "crc32c"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Save writes the network to a file that [Load] reads back exactly and fast: safetensors, with all that the network
// says of itself in the metadata and a checksum of every array. The file appears in full or not at all.
func (n *Network) Save(path string) error { return n.save(path, false, nil) }

// SaveHalf does the same with every number rounded to float16, in half the space, and with further metadata.
func (n *Network) SaveHalf(path string, metadata map[string]string) error {
	return n.save(path, true, metadata)
}

func (n *Network) save(path string, half bool, more map[string]string) error {
	input, err := json.Marshal(n.Input)
	if err != nil {
		return fmt.Errorf("weights: %w", err)
	}
	arrays, sums, err := n.values(half)
	if err != nil {
		return fmt.Errorf("weights: %w", err)
	}
	metadata := map[string]string{
		metadataInput: string(input), metadataPadding: n.Padding.String(), metadataSums: sums,
		metadataPooling: n.PoolingName(), metadataOrigin: n.Origin, metadataLicence: n.Licence, metadataSource: n.SHA256,
	}
	maps.Copy(metadata, more)
	err = writeWhole(path, func(w io.Writer) error { return safetensors.Write(w, arrays, metadata) })
	if err != nil {
		return fmt.Errorf("weights: %w", err)
	}
	return nil
}

// PoolingName returns how features were halved in training, avg or max.
func (n *Network) PoolingName() string {
	if n.AveragePooling {
		return "avg"
	}
	return "max"
}

// values returns the arrays under the names that our own files use, and their checksums in JSON.
func (n *Network) values(half bool) (arrays []safetensors.Values, sums string, err error) {
	for _, c := range n.Convs {
		arrays = append(arrays,
			safetensors.Values{Name: c.Name + ".weight", Shape: []int{3, 3, c.In, c.Out}, Data: c.Kernel, Half: half},
			safetensors.Values{Name: c.Name + ".bias", Shape: []int{c.Out}, Data: c.Bias, Half: half})
	}
	all := map[string]uint32{}
	for _, a := range arrays {
		sum := crc32.New(castagnoli)
		a.Encode(sum) // a hash takes all it is given
		all[a.Name] = sum.Sum32()
	}
	text, err := json.Marshal(all)
	return arrays, string(text), err
}

// writeWhole writes a file under another name and gives it its own when it is safe on the disk.
func writeWhole(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once it has been renamed
	defer f.Close()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	return publish(f, path)
}

// publish makes sure of a file's contents and renames it.
func publish(f *os.File, path string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	folder.Sync() // some systems cannot; the file is whole all the same
	return nil
}

// withSums makes the arrays of our own files compare their checksums when they have been read.
func (c *contents) withSums() error {
	text := c.metadata[metadataSums]
	if text == "" {
		return nil
	}
	var sums map[string]uint32
	if err := json.Unmarshal([]byte(text), &sums); err != nil {
		return array.Bad("metadata %q: %v", metadataSums, err)
	}
	for i := range c.arrays {
		a := &c.arrays[i]
		want, ok := sums[a.Name]
		if !ok {
			return array.Bad("no checksum").In(a.Name)
		}
		open := a.Open
		a.Open = func() (io.ReadCloser, error) {
			r, err := open()
			return &summed{ReadCloser: r, want: want}, err
		}
	}
	return nil
}

// summed compares the checksum of what was read when there is no more.
type summed struct {
	io.ReadCloser
	sum, want uint32
}

func (s *summed) Read(b []byte) (int, error) {
	n, err := s.ReadCloser.Read(b)
	s.sum = crc32.Update(s.sum, castagnoli, b[:n])
	if err == io.EOF && s.sum != s.want {
		err = array.Bad("the checksum is %08x, want %08x: the file was damaged", s.sum, s.want)
	}
	return n, err
}
