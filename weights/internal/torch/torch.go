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

// magic opens the older files, as a Python integer.
const magic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"

// ReadZip lists the tensors of an archive, named by their path through the dictionaries: "model.conv1.weight".
func ReadZip(archive *zip.Reader) ([]array.Array, error) {
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
	pickle, err := files[folder+"data.pkl"].Open()
	if err != nil {
		return nil, array.Bad("%sdata.pkl: %v", folder, err)
	}
	defer pickle.Close()
	m := newMachine(bufio.NewReader(pickle))
	root, err := m.run()
	if err != nil {
		return nil, err
	}
	var arrays []array.Array
	for _, t := range tensorsOf(root) {
		f := files[folder+"data/"+t.storage.key]
		if f == nil {
			return nil, array.Bad("its data, %sdata/%s, is missing", folder, t.storage.key).In(t.name)
		}
		if uint64(t.storage.bytes()) != f.UncompressedSize64 || f.Method == zip.Store && f.CompressedSize64 != f.UncompressedSize64 {
			return nil, array.Bad("%s has %d bytes, want %d", f.Name, f.UncompressedSize64, t.storage.bytes()).In(t.name)
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
	if first != bigInt(magic) {
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
