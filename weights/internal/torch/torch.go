// Package torch reads the arrays of PyTorch's files, as torch.save writes them since 2017: the zip archive of version
// 1.6 and later, and the older sequence of pickles. A pickle is a program; the machine that runs it here can build
// dictionaries, lists and tensors and nothing else, so a file cannot make it do harm.
package torch

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"io"
	"strings"

	"stylenet/weights/internal/array"
)

// Magic opens the older files, as a Python integer. In its pickle only the protocol comes before it.
const Magic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"

// ReadZip lists the tensors of an archive, named by their path through the dictionaries: "model.conv1.weight".
// Size is that of the whole file.
func ReadZip(archive *zip.Reader, size int64) ([]array.Array, error) {
	files, folder := map[string]*zip.File{}, ""
	for _, f := range archive.File {
		files[f.Name] = f
		if name, ok := strings.CutSuffix(f.Name, "data.pkl"); ok {
			folder = name
		}
	}
	bigEndian, err := isBigEndian(files[folder+"byteorder"])
	if err != nil {
		return nil, err
	}
	root, err := runFile(files[folder+"data.pkl"])
	if err != nil {
		return nil, err
	}
	var arrays []array.Array
	for _, t := range tensorsOf(root) {
		f := files[folder+"data/"+t.storage.key]
		if err := t.checkFile(f, size); err != nil {
			return nil, err
		}
		a, err := t.array(f.Open)
		if err != nil {
			return nil, err
		}
		a.BigEndian = bigEndian
		arrays = append(arrays, a)
	}
	return arrays, nil
}

// runFile runs the pickle in a file of an archive.
func runFile(f *zip.File) (any, error) {
	if f == nil {
		return nil, array.Bad("no data.pkl in the archive")
	}
	r, err := f.Open()
	if err != nil {
		return nil, array.Bad("%s: %v", f.Name, err)
	}
	defer r.Close()
	return newMachine(bufio.NewReader(r)).run()
}

// checkFile sees to it that f, in an archive of the given size, holds the whole storage of the tensor.
func (t *tensor) checkFile(f *zip.File, size int64) error {
	if f == nil {
		return array.Bad("its data, the file %q in the archive, is missing", "data/"+t.storage.key).In(t.name)
	}
	if f.Method != zip.Store {
		return array.Unsupported("its data is compressed; PyTorch does not write that").In(t.name)
	}
	want := uint64(t.storage.bytes())
	if f.UncompressedSize64 != want || f.CompressedSize64 != want || want > uint64(size) {
		return array.Bad("%s has %d bytes in a file of %d, want %d", f.Name, f.CompressedSize64, size, want).In(t.name)
	}
	return nil
}

// isBigEndian reads an archive's note on the order of bytes; without one they are little-endian.
func isBigEndian(f *zip.File) (bool, error) {
	if f == nil {
		return false, nil
	}
	r, err := f.Open()
	if err != nil {
		return false, array.Bad("%s: %v", f.Name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, 16))
	if err != nil {
		return false, array.Bad("%s: %v", f.Name, err)
	}
	switch string(b) {
	case "little":
		return false, nil
	case "big":
		return true, nil
	}
	return false, array.Bad("byte order %q; little and big exist", b)
}

// ReadLegacy lists the tensors of a file in the older format: pickles of a magic number, a version, facts about the
// machine that wrote it, the object and the list of its storages, then the storages one after another.
func ReadLegacy(r io.ReaderAt, size int64) ([]array.Array, error) {
	section := io.NewSectionReader(r, 0, size)
	buffer := bufio.NewReader(section)
	m := newMachine(buffer)
	var parts [5]any
	for i := range parts {
		part, err := m.run()
		if err != nil {
			return nil, err
		}
		parts[i] = part
	}
	if err := checkPreamble(parts[0], parts[1], parts[2]); err != nil {
		return nil, err
	}
	keys, ok := parts[4].(*list)
	if !ok {
		return nil, array.Bad("no list of storages after the object")
	}
	position, err := section.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, array.Bad("%v", err)
	}
	offsets, err := m.storageOffsets(r, size, position-int64(buffer.Buffered()), keys.items)
	if err != nil {
		return nil, err
	}
	var arrays []array.Array
	for _, t := range tensorsOf(parts[3]) {
		offset, ok := offsets[t.storage.key]
		if !ok {
			return nil, array.Bad("its storage %q is missing", t.storage.key).In(t.name)
		}
		a, err := t.array(array.At(r, offset, t.storage.bytes()))
		if err != nil {
			return nil, err
		}
		arrays = append(arrays, a)
	}
	return arrays, nil
}

func checkPreamble(first, version, system any) error {
	if first != bigInt(Magic) {
		return array.Bad("the magic number is wrong")
	}
	if version != int64(1001) {
		return array.Unsupported("another protocol version than 1001")
	}
	if facts, ok := system.(*dict); ok && facts.get("little_endian") == false {
		return array.Unsupported("the older format from a big-endian machine")
	}
	return nil
}

// storageOffsets walks the storages, each of them a count and its values, and returns where their values start.
func (m *machine) storageOffsets(r io.ReaderAt, size, position int64, keys []any) (map[string]int64, error) {
	offsets := map[string]int64{}
	for _, key := range keys {
		name, ok := key.(string)
		s := m.storages[name]
		if !ok || s == nil {
			return nil, array.Bad("storage %q is listed, but no tensor has it", name)
		}
		b, err := array.Bytes(r, size, position, 8)
		if err != nil {
			return nil, array.Bad("storage %q: %v", name, err)
		}
		position += 8
		if count := binary.LittleEndian.Uint64(b); count != uint64(s.count) || s.bytes() > size-position {
			return nil, array.Bad("storage %q: %d values, want %d, with %d bytes left in the file", name, count, s.count, size-position)
		}
		offsets[name] = position
		position += s.bytes()
	}
	return offsets, nil
}
