package weights

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// part is a file of which not everything has come yet. A note beside it says where it comes from, so that a later
// download goes on only with the same file.
type part struct {
	file    *os.File
	url     string
	etag    string // by which the server knows this version of the file
	size    int64
	limit   int64 // bytes that may come in all
	resumed bool  // whether it was put together from several answers
}

// maxDownload is the limit where nobody says how long a file is.
const maxDownload = 2 << 30

// note is what lies beside a part.
type note struct{ URL, ETag string }

func (p *part) notePath() string { return p.file.Name() + ".json" }

// openPart opens or makes the part of a file. One that came from another address stays for that until this one sends
// something.
func openPart(path, url string) (*part, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	p := &part{file: f, url: url}
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		f.Close()
		return nil, err
	}
	var n note
	if text, err := os.ReadFile(p.notePath()); err == nil && json.Unmarshal(text, &n) == nil && n.URL == url && n.ETag != "" {
		p.etag, p.size, p.resumed = n.ETag, size, size > 0
	}
	return p, nil
}

// restart empties the part and notes which version of the file is to come.
func (p *part) restart(etag string) error {
	p.etag, p.size, p.resumed = etag, 0, false
	if err := p.file.Truncate(0); err != nil {
		return err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	text, err := json.Marshal(note{p.url, etag})
	if err != nil {
		return err
	}
	return os.WriteFile(p.notePath(), text, 0o644)
}

// close closes the part, and removes one of which nothing has come.
func (p *part) close() {
	info, err := p.file.Stat()
	p.file.Close()
	if err == nil && info.Size() == 0 {
		os.Remove(p.file.Name())
		os.Remove(p.notePath())
	}
}

var errTooLong = errors.New("more comes than the file has")

// Write appends to the part.
func (p *part) Write(b []byte) (int, error) {
	if p.size+int64(len(b)) > p.limit {
		return 0, fmt.Errorf("%w: over %d bytes", errTooLong, p.limit)
	}
	n, err := p.file.Write(b)
	p.size += int64(n)
	return n, err
}

// publish gives the part, once checked, the file's name.
func (p *part) publish(path string) error {
	if err := publish(p.file, path); err != nil {
		return err
	}
	return os.Remove(p.notePath())
}

// meter writes to a part and tells how it goes on, up to ten times a second.
type meter struct {
	part     *part
	name     string
	total    int64
	progress func(Progress)
	alive    func() // called whenever something comes
	last     time.Time
}

func (m *meter) Write(b []byte) (int, error) {
	m.alive()
	n, err := m.part.Write(b)
	m.report(false)
	return n, err
}

// report tells the progress, if the last time is long ago or it must be told.
func (m *meter) report(always bool) {
	if m.progress == nil || !always && time.Since(m.last) < 100*time.Millisecond {
		return
	}
	m.last = time.Now()
	m.progress(Progress{Name: m.name, Done: m.part.size, Total: m.total})
}
