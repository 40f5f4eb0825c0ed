package run

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-zeromq/zmq4"
)

func TestClearOutput(t *testing.T) {
	for _, c := range []struct {
		wait string
		then bool // whether an output comes after
		want int  // outputs left
	}{{"false", false, 0}, {"false", true, 1}, {"true", false, 2}, {"true", true, 1}} {
		var o outputs
		add := func(kind, content string) {
			t.Helper()
			if err := o.add(kind, json.RawMessage(content)); err != nil {
				t.Fatal(err)
			}
		}
		add("stream", `{"name": "stdout", "text": "a"}`)
		add("display_data", `{"data": {"text/plain": "b"}}`)
		add("clear_output", `{"wait": `+c.wait+`}`)
		if c.then {
			add("stream", `{"name": "stdout", "text": "c"}`)
		}
		if got := o.next(); len(got) != c.want {
			t.Errorf("wait %s, output after it %v: %d outputs, want %d", c.wait, c.then, len(got), c.want)
		}
	}
}

func TestAsTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"one\ntwo":              "one\ntwo",
		"10 %\r20 %\r100 %\nx":  "100 %\nx",
		"windows\r\nlines\r\n":  "windows\nlines\n",
		"bar 1\rbar 2\r":        "bar 2",
		"\rbegins the line\n\n": "begins the line\n\n",
	} {
		if got := asTerminal(in); got != want {
			t.Errorf("asTerminal(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPicturesAreWritten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "out", "night [2] [")
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	html := `<img src="data:image/jpeg;base64,` + encode("J") + `"> <img src="data:image/png;base64,` + encode("P2") + `">`
	cells := map[int][]output{
		2: {{"data": map[string]any{"image/png": encode("P")[:2] + "\n" + encode("P")[2:], "text/plain": "a picture"}},
			{"name": "stdout", "text": "no picture"}},
		10: {{"data": map[string]any{"text/html": html}}},
	}
	for range 2 { // the second time over the first's files
		count, err := writePictures(folder, cells)
		if err != nil || count != 3 {
			t.Fatalf("%d pictures, error %v, want 3", count, err)
		}
	}
	want := map[string]string{"cell2-1.png": "P", "cell10-1.jpg": "J", "cell10-2.png": "P2"}
	for name, content := range want {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != content {
			t.Errorf("%s holds %q, error %v, want %q", name, got, err, content)
		}
	}
	if _, err := writePictures(folder, map[int][]output{1: cells[2][1:]}); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 0 {
		t.Errorf("%v is left of the last run", left)
	}
	if got, want := pictureFolder("/a/b c/1_first.ipynb"), "/a/b c/out/1_first"; got != want {
		t.Errorf("pictures go to %s, want %s", got, want)
	}
}

// signed returns the frames of a message that jupyter_client signed with the key "a secret".
func signed(t *testing.T) [][]byte {
	t.Helper()
	data, err := os.ReadFile("testdata/signed.json")
	if err != nil {
		t.Fatal(err)
	}
	var frames [][]byte
	if err := json.Unmarshal(data, &frames); err != nil {
		t.Fatal(err)
	}
	return frames
}

func TestMessageFromJupyter(t *testing.T) {
	m, err := parseMessage([]byte("a secret"), zmq4.NewMsgFrom(signed(t)...))
	if err != nil {
		t.Fatal(err)
	}
	var r reply
	if err := json.Unmarshal(m.Content, &r); err != nil {
		t.Fatal(err)
	}
	if m.Header.Type != "execute_reply" || m.Parent.ID != "asked" || r.Status != "ok" || r.ExecutionCount != 3 {
		t.Errorf("read %+v and %+v", m, r)
	}
	raw, id, err := newMessage([]byte("a secret"), "s", "execute_request", map[string]string{"code": "x"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := parseMessage([]byte("a secret"), raw)
	if err != nil || again.Header.ID != id || string(again.Content) != `{"code":"x"}` {
		t.Errorf("our own message comes back as %+v, %v", again, err)
	}
}

func TestForgedMessagesAreRefused(t *testing.T) {
	good := signed(t)
	change := func(i int, with string) [][]byte {
		frames := slices.Clone(good)
		frames[i] = []byte(with)
		return frames
	}
	for name, frames := range map[string][][]byte{
		"another content":   change(6, `{"status": "error"}`),
		"another signature": change(2, strings.Repeat("0", 64)),
		"no signature":      change(2, ""),
		"too short":         good[:5],
		"no delimiter":      {[]byte("x"), []byte("y")},
		"nothing":           nil,
	} {
		if m, err := parseMessage([]byte("a secret"), zmq4.NewMsgFrom(frames...)); err == nil {
			t.Errorf("%s: accepted as %+v", name, m)
		}
	}
	if _, err := parseMessage([]byte("other"), zmq4.NewMsgFrom(good...)); err == nil {
		t.Error("accepted with another key")
	}
}
