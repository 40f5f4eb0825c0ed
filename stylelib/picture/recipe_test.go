package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stylenet/stylelib/internal/testkit"
)

// chunk returns a PNG chunk.
func chunk(kind string, data []byte) []byte {
	body := append([]byte(kind), data...)
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	return binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
}

func TestRecipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out", "cat.PNG")
	want := "{\"steps\": 5, \"who\": \"猫\"}\n"
	if err := SaveWithRecipe(path, testkit.Grey(0.5), want); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadRecipe(path); err != nil || got != want {
		t.Errorf("recipe %q, error %v, want %q", got, err, want)
	}
	picture, err := Open(path, 0) // the decoder checks every chunk
	if err != nil || testkit.ChannelMeans(picture) != testkit.ChannelMeans(eightBits(testkit.Grey(0.5))) {
		t.Errorf("the picture is another one; error %v", err)
	}
}

// Each kind of damage, and files without a recipe, are errors that say what is wrong.
func TestRecipeErrors(t *testing.T) {
	var file bytes.Buffer
	if err := png.Encode(&file, testkit.Grey(0.5)); err != nil {
		t.Fatal(err)
	}
	header, rest := file.Bytes()[:33], file.Bytes()[33:]
	with := func(c []byte) string { return string(header) + string(c) + string(rest) }
	ours := func(s string) []byte { return chunk("iTXt", []byte(recipeKeyword+"\x00"+s)) }
	broken := ours("\x00\x00\x00\x00text")
	broken[len(broken)-1]++
	var bomb bytes.Buffer
	z := zlib.NewWriter(&bomb)
	z.Write(make([]byte, maxRecipe+1))
	z.Close()
	for name, test := range map[string]struct{ file, want string }{
		"no recipe":   {file.String(), "carries no recipe"},
		"other text":  {with(chunk("iTXt", []byte("Comment\x00\x00\x00\x00\x00hello"))), "carries no recipe"},
		"not PNG":     {"GIF89a", "not a PNG file"},
		"empty":       {"", "not a PNG file"},
		"cut":         {file.String()[:40], "ends early"},
		"cut in text": {with(ours("\x00\x00\x00\x00text"))[:60], "ends early"},
		"checksum":    {with(broken), "checksum"},
		"short":       {with(ours("\x00")), "ends early"},
		"no text":     {with(ours("\x00\x00en\x00")), "ends early"},
		"not UTF-8":   {with(ours("\x00\x00\x00\x00\xff")), "UTF-8"},
		"not zlib":    {with(ours("\x01\x00\x00\x00text")), "damaged"},
		"bomb":        {with(ours("\x01\x00\x00\x00" + bomb.String())), "larger than"},
		"huge length": {string(header) + "\xff\xff\xff\xffiTXt", "ends early"},
	} {
		if _, err := readRecipe(strings.NewReader(test.file)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, test.want)
		}
	}
	if _, err := readRecipe(strings.NewReader(file.String())); !errors.Is(err, errNoRecipe) {
		t.Errorf("error %v, want errNoRecipe", err)
	}
	if err := SaveWithRecipe("x.jpg", testkit.Grey(0), ""); err == nil || !strings.Contains(err.Error(), ".png") {
		t.Errorf("error %v, want one about .png", err)
	}
	if err := SaveWithRecipe(filepath.Join(t.TempDir(), "x.png"), testkit.Grey(0), strings.Repeat("x", maxRecipe+1)); err == nil {
		t.Error("a recipe of more than a megabyte was written")
	}
}

// A recipe that another program compressed is read too.
func TestCompressedRecipe(t *testing.T) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write([]byte("text"))
	z.Close()
	file := pngSignature + string(chunk("iTXt", []byte(recipeKeyword+"\x00\x01\x00en\x00Rezept\x00"+packed.String())))
	if got, err := readRecipe(strings.NewReader(file)); err != nil || got != "text" {
		t.Errorf("recipe %q, error %v", got, err)
	}
}

// No bytes make the reader panic or return a recipe that is too large; what it reads can be written and read again.
func FuzzReadRecipe(f *testing.F) {
	var file bytes.Buffer
	if err := writeWithRecipe(&file, testkit.Grey(0.5), "{}"); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte(pngSignature))
	f.Add([]byte(pngSignature + string(chunk("iTXt", []byte(recipeKeyword+"\x00\x01\x00\x00\x00x")))))
	f.Fuzz(func(t *testing.T, data []byte) {
		recipe, err := readRecipe(bytes.NewReader(data))
		if err == nil && len(recipe) > maxRecipe {
			t.Errorf("a recipe of %d bytes", len(recipe))
		}
		if err == nil {
			path := filepath.Join(t.TempDir(), "x.png")
			if err := SaveWithRecipe(path, testkit.Grey(0), recipe); err != nil {
				t.Fatal(err)
			}
			if again, err := ReadRecipe(path); err != nil || again != recipe {
				t.Errorf("%q came back as %q, error %v", recipe, again, err)
			}
			os.Remove(path)
		}
	})
}
