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

// A PNG is a signature and chunks: length, type, data, checksum of type and data. A recipe is an iTXt chunk (PNG specification, third
// edition, 11.3.3.4) with this keyword, after the header.
const (
	pngSignature  = "\x89PNG\r\n\x1a\n"
	recipeKeyword = "StyleNet recipe"
	maxRecipe     = 1 << 20 // bytes, compressed or not
	maxChunks     = 1 << 20 // a file with more is taken for damaged
)

// CarriesRecipe reports whether a picture saved under this name can carry its recipe: PNG files can.
func CarriesRecipe(path string) bool { return strings.EqualFold(filepath.Ext(path), ".png") }

// SaveWithRecipe is [Save] for a PNG that carries a text which says how it was made: UTF-8, up to a megabyte. [ReadRecipe] reads it.
func SaveWithRecipe(path string, picture image.Image, recipe string) error {
	if !CarriesRecipe(path) {
		return fmt.Errorf("picture: writing %s: only a PNG carries a recipe; its name must end in .png", path)
	}
	if len(recipe) > maxRecipe || !utf8.ValidString(recipe) {
		return fmt.Errorf("picture: writing %s: a recipe is a UTF-8 text of up to %d bytes, this one has %d", path, maxRecipe, len(recipe))
	}
	picture, err := withBits(path, picture)
	if err == nil {
		err = atomicfile.Write(path, func(w io.Writer) error { return writeWithRecipe(w, picture, recipe) })
	}
	if err != nil {
		return fmt.Errorf("picture: writing %s: %w", path, err)
	}
	return nil
}

// writeWithRecipe writes a PNG with the recipe after its header.
func writeWithRecipe(w io.Writer, picture image.Image, recipe string) error {
	var encoded bytes.Buffer
	if err := png.Encode(&encoded, picture); err != nil {
		return err
	}
	const header = len(pngSignature) + 4 + 4 + 13 + 4
	// Keyword, no compression, no language, no translated keyword.
	chunk := append([]byte("iTXt"+recipeKeyword+"\x00\x00\x00\x00\x00"), recipe...)
	out := new(bytes.Buffer)
	out.Write(encoded.Next(header))
	binary.Write(out, binary.BigEndian, uint32(len(chunk)-4)) // a bytes.Buffer does not fail
	out.Write(chunk)
	binary.Write(out, binary.BigEndian, crc32.ChecksumIEEE(chunk))
	_, err := io.Copy(w, io.MultiReader(out, &encoded))
	return err
}

// errNoRecipe is the error for a PNG that carries no recipe.
var errNoRecipe = errors.New("the picture carries no recipe")

// ReadRecipe returns the recipe that a PNG file carries, and an error where it carries none. It does not trust the file: it allocates no
// more memory than the largest recipe takes.
func ReadRecipe(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("picture: %w", err)
	}
	defer f.Close()
	recipe, err := readRecipe(f)
	if err != nil {
		return "", fmt.Errorf("picture: %s: %w", path, err)
	}
	return recipe, nil
}

// readRecipe reads a PNG's chunks up to the recipe.
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
			return "", errNoRecipe
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

// readText reads the rest of an iTXt chunk and reports whether it is a recipe.
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
	// Compression (two bytes), language, translated keyword, text.
	fields := bytes.SplitN(rest[min(2, len(rest)):], []byte{0}, 3)
	if len(fields) < 3 {
		return "", false, errors.New("the recipe is damaged: it ends early")
	}
	compressed := rest[0] == 1 // programs that tidy PNG files may compress it
	rest = fields[2]
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

// inflate decompresses zlib data to up to most bytes.
func inflate(data []byte, most int64) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	inflated, err := io.ReadAll(io.LimitReader(z, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(inflated)) > most {
		return nil, fmt.Errorf("it is larger than %d bytes", most)
	}
	return inflated, nil
}
