package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"stylenet/stylelib/internal/atomicfile"
)

// A PNG is a signature and chunks: length, type, data, checksum of type and data. A recipe is an iTXt chunk (PNG
// specification, third edition, 11.3.3.4) behind the header, under this keyword.
const (
	pngSignature  = "\x89PNG\r\n\x1a\n"
	recipeKeyword = "StyleNet recipe"
	maxRecipe     = 1 << 20 // bytes, compressed or not
	maxChunks     = 1 << 20 // looked at before the end of a file is taken for damage
)

// CarriesRecipe reports whether a picture saved under this name can carry its recipe: PNG files can.
func CarriesRecipe(path string) bool { return strings.EqualFold(filepath.Ext(path), ".png") }

// SaveWithRecipe is [Save] for a PNG that carries a text, up to a megabyte, which says how it was made.
// [ReadRecipe] reads it again.
func SaveWithRecipe(path string, picture image.Image, recipe string) error {
	if !CarriesRecipe(path) {
		return fmt.Errorf("stylelib: writing picture %s: only a PNG carries a recipe; its name must end in .png", path)
	}
	if len(recipe) > maxRecipe || !utf8.ValidString(recipe) {
		return fmt.Errorf("stylelib: writing picture %s: a recipe is a UTF-8 text of up to %d bytes, this one has %d", path, maxRecipe, len(recipe))
	}
	picture, err := storable(path, picture)
	if err == nil {
		err = atomicfile.Write(path, func(w io.Writer) error { return writeWithRecipe(w, picture, recipe) })
	}
	if err != nil {
		return fmt.Errorf("stylelib: writing picture %s: %w", path, err)
	}
	return nil
}

// writeWithRecipe writes a PNG with the recipe behind its header.
func writeWithRecipe(w io.Writer, picture image.Image, recipe string) error {
	var plain bytes.Buffer
	if err := png.Encode(&plain, picture); err != nil {
		return err
	}
	const header = len(pngSignature) + 4 + 4 + 13 + 4
	// Keyword, no compression, no language, no translated keyword.
	chunk := append([]byte("iTXt"+recipeKeyword+"\x00\x00\x00\x00\x00"), recipe...)
	out := new(bytes.Buffer)
	out.Write(plain.Next(header))
	binary.Write(out, binary.BigEndian, uint32(len(chunk)-4)) // a bytes.Buffer does not fail
	out.Write(chunk)
	binary.Write(out, binary.BigEndian, crc32.ChecksumIEEE(chunk))
	_, err := io.Copy(w, io.MultiReader(out, &plain))
	return err
}

// ErrNoRecipe is what [ReadRecipe] finds in a PNG that carries none.
var ErrNoRecipe = errors.New("the picture carries no recipe")

// ReadRecipe returns the recipe that a PNG file carries. Files are not trusted: it reserves no more memory than a recipe
// may have.
func ReadRecipe(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("stylelib: %w", err)
	}
	defer f.Close()
	recipe, err := readRecipe(f)
	if err != nil {
		return "", fmt.Errorf("stylelib: %s: %w", path, err)
	}
	return recipe, nil
}

// readRecipe walks through a PNG's chunks until it finds the recipe.
func readRecipe(r io.ReadSeeker) (string, error) {
	start := make([]byte, len(pngSignature))
	if _, err := io.ReadFull(r, start); err != nil || string(start) != pngSignature {
		return "", errors.New("not a PNG file; only PNG files carry recipes")
	}
	for range maxChunks {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return "", errors.New("damaged PNG: it ends early")
		}
		length, kind := binary.BigEndian.Uint32(head[:4]), string(head[4:])
		switch {
		case kind == "IEND":
			return "", ErrNoRecipe
		case kind == "iTXt" && length <= maxRecipe+1<<10:
			text, found, err := readText(r, length)
			if err != nil || found {
				return text, err
			}
		default:
			if _, err := r.Seek(int64(length)+4, io.SeekCurrent); err != nil {
				return "", err
			}
		}
	}
	return "", errors.New("damaged PNG: it has no end")
}

// readText reads the rest of an iTXt chunk; found tells whether it is a recipe.
func readText(r io.Reader, length uint32) (text string, found bool, err error) {
	data := make([]byte, length+4)
	if _, err := io.ReadFull(r, data); err != nil {
		return "", false, errors.New("damaged PNG: it ends early")
	}
	data, sum := data[:length], binary.BigEndian.Uint32(data[length:])
	rest, isOurs := bytes.CutPrefix(data, []byte(recipeKeyword+"\x00"))
	if !isOurs {
		return "", false, nil
	}
	if crc32.Update(crc32.ChecksumIEEE([]byte("iTXt")), crc32.IEEETable, data) != sum {
		return "", false, errors.New("the recipe is damaged: its checksum is wrong")
	}
	// How it is compressed (two bytes), language, translated keyword, text.
	parts := bytes.SplitN(rest[min(2, len(rest)):], []byte{0}, 3)
	if len(parts) < 3 {
		return "", false, errors.New("the recipe is damaged: it ends early")
	}
	compressed := rest[0] == 1 // programs that tidy PNG files may compress it
	rest = parts[2]
	if compressed {
		if rest, err = inflate(rest, maxRecipe); err != nil {
			return "", false, fmt.Errorf("the recipe is damaged: %w", err)
		}
	}
	if !utf8.Valid(rest) {
		return "", false, errors.New("the recipe is damaged: it is not a UTF-8 text")
	}
	return string(rest), true, nil
}

// inflate undoes zlib's compression of up to most bytes.
func inflate(data []byte, most int64) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(z, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(plain)) > most {
		return nil, fmt.Errorf("it is larger than %d bytes", most)
	}
	return plain, nil
}
