package weights

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// payload is the file that the test servers offer.
var payload = func() []byte {
	b := make([]byte, 300_000)
	for i := range b {
		b[i] = byte(mix(uint64(i)))
	}
	return b
}()

// server answers each request by the next of the handlers, and with the last one from then on. It counts requests and
// notes their ranges.
type server struct {
	*httptest.Server
	mutex  sync.Mutex
	ranges []string
}

func serve(t *testing.T, handlers ...http.HandlerFunc) *server {
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mutex.Lock()
		handler := handlers[min(len(s.ranges), len(handlers)-1)]
		s.ranges = append(s.ranges, r.Header.Get("Range"))
		s.mutex.Unlock()
		handler(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// good serves content as a good server does, ranges and all.
func good(content []byte, etag string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		http.ServeContent(w, r, "file.bin", time.Time{}, bytes.NewReader(content))
	}
}

// cut sends a part of the content and ends the connection.
func cut(content []byte, etag string, after int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		w.Write(content[:after])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

// stall sends a part of the content and then nothing until the client goes away.
func stall(content []byte, etag string, after int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		w.Write(content[:after])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}
}

// lie answers a request for a range with another one.
func lie(content []byte, etag string, from int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
		w.WriteHeader(http.StatusPartialContent)
		w.Write(content[from:])
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(code) }
}

func page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, "<!DOCTYPE html><title>Please accept our terms</title>")
}

// quietly sends content without saying how long it is.
func quietly(content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for rest := content; len(rest) > 0; {
			n := min(len(rest), 10_000)
			w.Write(rest[:n])
			w.(http.Flusher).Flush()
			rest = rest[n:]
		}
	}
}

func offer(urls ...string) Published {
	sum := sha256.Sum256(payload)
	return Published{Name: "test", URLs: urls, Size: int64(len(payload)), SHA256: hex.EncodeToString(sum[:])}
}

// quick is a fetcher that waits for nothing long.
func quick() *fetcher {
	f := newFetcher(nil)
	f.idle, f.pause = 300*time.Millisecond, time.Millisecond
	return f
}

func damaged(content []byte) []byte {
	b := bytes.Clone(content)
	b[len(b)/2] ^= 1
	return b
}

func TestFetch(t *testing.T) {
	whole, half := good(payload, `"a"`), len(payload)/2
	other := bytes.Repeat([]byte("other"), len(payload)/5)
	for name, test := range map[string]struct {
		handlers []http.HandlerFunc
		ranges   string // of the requests, in order
		fails    string // part of the error; empty where the file arrives
	}{
		"at once":                     {[]http.HandlerFunc{whole}, " ", ""},
		"cut, then the rest":          {[]http.HandlerFunc{cut(payload, `"a"`, half), whole}, " bytes=150000- ", ""},
		"cut twice":                   {[]http.HandlerFunc{cut(payload, `"a"`, half), cut(payload, `"a"`, 9), whole}, " bytes=150000- bytes=9- ", ""},
		"cut three times":             {[]http.HandlerFunc{cut(payload, `"a"`, half)}, " bytes=150000- bytes=150000- ", "after 150000 of 300000 bytes"},
		"cut, then a new version":     {[]http.HandlerFunc{cut(other, `"old"`, half), whole}, " bytes=150000- ", ""},
		"cut, no ETag":                {[]http.HandlerFunc{cut(payload, "", half), whole}, "  ", ""},
		"cut, then no ranges":         {[]http.HandlerFunc{cut(payload, `"a"`, half), quietly(payload)}, " bytes=150000- ", ""},
		"cut, then a false range":     {[]http.HandlerFunc{cut(payload, `"a"`, half), lie(payload, `"a"`, 1000), whole}, " bytes=150000-  ", ""},
		"cut, then a false version":   {[]http.HandlerFunc{cut(payload, `"a"`, half), lie(payload, `"b"`, half), whole}, " bytes=150000-  ", ""},
		"cut, then the wrong half":    {[]http.HandlerFunc{cut(payload, `"a"`, half), lie(other, `"a"`, half), whole}, " bytes=150000-  ", ""},
		"cut, then no such range":     {[]http.HandlerFunc{cut(payload, `"a"`, half), status(416), whole}, " bytes=150000-  ", ""},
		"busy, then at once":          {[]http.HandlerFunc{status(503), status(429), whole}, "   ", ""},
		"stalls, then the rest":       {[]http.HandlerFunc{stall(payload, `"a"`, half), whole}, " bytes=150000- ", ""},
		"stalls every time":           {[]http.HandlerFunc{stall(payload, `"a"`, half)}, " bytes=150000- bytes=150000- ", "nothing came for"},
		"does not exist":              {[]http.HandlerFunc{status(404)}, " ", "404"},
		"a web page":                  {[]http.HandlerFunc{page}, " ", "web page"},
		"a web page without its type": {[]http.HandlerFunc{quietly([]byte("<html>" + strings.Repeat(" ", len(payload)-6)))}, " ", "web page"},
		"a flipped bit":               {[]http.HandlerFunc{good(damaged(payload), `"a"`)}, " ", "SHA-256"},
		"another size":                {[]http.HandlerFunc{good(payload[1:], `"a"`)}, " ", "has 299999 bytes, want 300000"},
		"too little, unannounced":     {[]http.HandlerFunc{quietly(payload[:half])}, "   ", "after 150000 of 300000 bytes"},
		"too much, unannounced":       {[]http.HandlerFunc{quietly(append(bytes.Clone(payload), 1))}, "   ", "more comes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, test.handlers...)
			path := filepath.Join(t.TempDir(), "file")
			err := quick().fetch(t.Context(), offer(s.URL), path)
			if (err == nil) != (test.fails == "") || err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Errorf("error %v, want %q", err, test.fails)
			}
			if ranges := strings.Join(s.ranges, " ") + " "; ranges != test.ranges {
				t.Errorf("requests for %q, want %q", ranges, test.ranges)
			}
			got, readErr := os.ReadFile(path)
			if err == nil && !bytes.Equal(got, payload) {
				t.Errorf("the wrong file arrived")
			}
			if err != nil && readErr == nil {
				t.Errorf("a file of %d bytes under the final name", len(got))
			}
			nothing := err == nil || strings.Contains(test.fails, "404") || strings.Contains(test.fails, "web page") // worth keeping
			if left, _ := filepath.Glob(path + ".*"); nothing && len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestFetchGoesOnAfterARestart(t *testing.T) {
	s := serve(t, cut(payload, `"a"`, 100_000), status(404), good(payload, `"a"`))
	path := filepath.Join(t.TempDir(), "file")
	if err := quick().fetch(t.Context(), offer(s.URL), path); err == nil {
		t.Fatal("no error from a server that fails")
	}
	if err := quick().fetch(t.Context(), offer(s.URL), path); err != nil {
		t.Fatal(err)
	}
	if want := []string{"", "bytes=100000-", "bytes=100000-"}; strings.Join(s.ranges, " ") != strings.Join(want, " ") {
		t.Errorf("requests for %q, want %q", s.ranges, want)
	}
}

// A mirror that sends nothing does not cost what came from another address.
func TestFetchKeepsThePartOfAnotherMirror(t *testing.T) {
	first, second := serve(t, cut(payload, `"a"`, 100_000), status(404), good(payload, `"a"`)), serve(t, status(404))
	path := filepath.Join(t.TempDir(), "file")
	if err := quick().fetch(t.Context(), offer(first.URL, second.URL), path); err == nil {
		t.Fatal("no error from servers that fail")
	}
	if err := quick().fetch(t.Context(), offer(first.URL, second.URL), path); err != nil {
		t.Fatal(err)
	}
	if want := " bytes=100000- bytes=100000-"; strings.Join(first.ranges, " ") != want {
		t.Errorf("requests for %q, want %q", first.ranges, want)
	}
}

func TestFetchUsesMirrors(t *testing.T) {
	bad, best := serve(t, good(damaged(payload), `"a"`)), serve(t, good(payload, `"a"`))
	path := filepath.Join(t.TempDir(), "file")
	if err := quick().fetch(t.Context(), offer("http://127.0.0.1:1/file", bad.URL, best.URL), path); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, payload) {
		t.Errorf("the wrong file, error %v", err)
	}
}

func TestFetchEndsWithItsContext(t *testing.T) {
	s := serve(t, stall(payload, `"a"`, 1000))
	ctx, cancel := context.WithCancel(t.Context())
	f := newFetcher(func(Progress) { cancel() })
	path := filepath.Join(t.TempDir(), "file")
	if err := f.fetch(ctx, offer(s.URL), path); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("error %v", err)
	}
	if info, err := os.Stat(path + ".part"); err != nil || info.Size() != 1000 {
		t.Errorf("what came is not kept: %v", err)
	}
}

func TestFetchTellsProgress(t *testing.T) {
	s := serve(t, good(payload, `"a"`))
	f := quick()
	var last Progress
	f.progress = func(p Progress) {
		if p.Done < last.Done {
			t.Errorf("%v after %v", p, last)
		}
		last = p
	}
	if err := f.fetch(t.Context(), offer(s.URL), filepath.Join(t.TempDir(), "file")); err != nil {
		t.Fatal(err)
	}
	if want := (Progress{"test", 300_000, 300_000}); last != want {
		t.Errorf("at last %v, want %v", last, want)
	}
}
