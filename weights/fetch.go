package weights

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Progress is how far a download has come.
type Progress struct {
	Name  string // of the network
	Done  int64  // bytes, with those of earlier tries
	Total int64  // bytes; 0 where the server does not say
}

// fetcher downloads files.
type fetcher struct {
	client   *http.Client
	idle     time.Duration // without a byte, after which a try ends
	pause    time.Duration // before the second try; twice that before the third
	progress func(Progress)
}

func newFetcher(progress func(Progress)) *fetcher {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = time.Minute
	return &fetcher{client: &http.Client{Transport: transport}, idle: time.Minute, pause: time.Second, progress: progress}
}

// tries is how often each address is tried where trying again may help.
const tries = 3

// errFinal marks errors that the same address would give again.
var errFinal = errors.New("")

// fetch downloads a published file to path. What has come so far lies in path.part, and a later call goes on from
// there. The file gets its name when its size and checksum are right and it is safe on the disk.
func (f *fetcher) fetch(ctx context.Context, p Published, path string) error {
	var failures []string
	for _, address := range p.URLs {
		err := f.fetchFrom(ctx, p, address, path)
		if err == nil {
			return nil
		}
		err = fmt.Errorf("%s: %w", hostOf(address), err)
		if ctx.Err() != nil || errors.Is(err, syscall.ENOSPC) {
			return err
		}
		if failure := err.Error(); !slices.Contains(failures, failure) {
			failures = append(failures, failure)
		}
	}
	return errors.New(strings.Join(failures, "; "))
}

// fetchFrom downloads a published file from one of its addresses, which it tries again where that may help.
func (f *fetcher) fetchFrom(ctx context.Context, p Published, address, path string) (err error) {
	for try := range tries {
		if err = f.pauseBefore(ctx, try); err == nil {
			err = f.try(ctx, p, address, path)
		}
		if err == nil || ctx.Err() != nil || errors.Is(err, errFinal) || errors.Is(err, syscall.ENOSPC) {
			break
		}
	}
	return err
}

// hostOf returns the part of an address that says whose it is.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}

// pauseBefore waits before all tries but the first.
func (f *fetcher) pauseBefore(ctx context.Context, try int) error {
	if try == 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(f.pause << (try - 1)):
		return nil
	}
}

// try downloads what is missing of the file, once from one address.
func (f *fetcher) try(ctx context.Context, p Published, address, path string) error {
	part, err := openPart(path+".part", address)
	if err != nil {
		return err
	}
	defer part.close()
	if whole := part.size > 0 && p.check(part.file, part.size) == nil; !whole {
		if err := f.receive(ctx, p, part); err != nil {
			return err
		}
	}
	if err := p.check(part.file, part.size); err != nil {
		resumed := part.resumed
		part.restart("")
		if !resumed {
			err = fmt.Errorf("%w%w", err, errFinal)
		}
		return err
	}
	return part.publish(path)
}

// receive asks for the rest of the file and appends it to the part.
func (f *fetcher) receive(ctx context.Context, p Published, part *part) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := time.AfterFunc(f.idle, func() { cancel(fmt.Errorf("nothing came for %v", f.idle)) })
	defer idle.Stop()
	response, err := f.request(ctx, part)
	if err != nil {
		return orCause(ctx, err)
	}
	defer response.Body.Close()
	total, err := part.accept(response, p.Size)
	if err != nil {
		return err
	}
	w := &meter{part: part, name: p.Name, total: total, progress: f.progress, alive: func() { idle.Reset(f.idle) }}
	_, err = io.Copy(w, response.Body)
	w.report(true)
	cut := err == nil || errors.Is(err, io.ErrUnexpectedEOF)
	if cut && total > 0 && part.size != total {
		return fmt.Errorf("the connection ended after %d of %d bytes", part.size, total)
	}
	return orCause(ctx, err)
}

// request asks for the file, or for what lies behind the part if the server still has the same file.
func (f *fetcher) request(ctx context.Context, part *part) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, part.url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Encoding", "identity") // what is counted and appended are the file's own bytes
	if part.size > 0 && part.etag != "" {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", part.size))
		request.Header.Set("If-Range", part.etag)
	}
	response, err := f.client.Do(request)
	if wrapped := new(url.Error); errors.As(err, &wrapped) {
		err = wrapped.Err // without the address: the caller adds the host
	}
	if unknown := new(net.DNSError); errors.As(err, &unknown) {
		err = errors.New(unknown.Err) // likewise
	}
	return response, err
}

// orCause returns an error, or why the context ended where that was the reason.
func orCause(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}

// accept looks at the answer's head, makes the part ready for its body and returns the size of the whole file, 0
// where the server does not say.
func (p *part) accept(response *http.Response, want int64) (total int64, err error) {
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind == "text/html" {
		return 0, fmt.Errorf("a web page came (%s), not the file%w", response.Status, errFinal)
	}
	switch response.StatusCode {
	case http.StatusOK:
		if err := p.restart(response.Header.Get("ETag")); err != nil {
			return 0, err
		}
		total = max(0, response.ContentLength)
	case http.StatusPartialContent:
		if total, err = p.resume(response.Header); err != nil {
			p.restart("")
			return 0, err
		}
	case http.StatusRequestedRangeNotSatisfiable:
		err := fmt.Errorf("the server refuses to go on from byte %d", p.size)
		p.restart("")
		return 0, err
	default:
		err = fmt.Errorf("the server says %q", response.Status)
		if response.StatusCode < 500 && response.StatusCode != http.StatusTooManyRequests && response.StatusCode != http.StatusRequestTimeout {
			err = fmt.Errorf("%w%w", err, errFinal)
		}
		return 0, err
	}
	if want > 0 && total > 0 && total != want {
		return 0, fmt.Errorf("the server's file has %d bytes, want %d%w", total, want, errFinal)
	}
	total = max(total, want)
	if p.limit = total; total == 0 {
		p.limit = maxDownload
	}
	return total, nil
}

// resume checks that an answer goes on where the part ends.
func (p *part) resume(header http.Header) (total int64, err error) {
	var first, last int64
	if _, err := fmt.Sscanf(header.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &total); err != nil {
		return 0, fmt.Errorf("the server answers with the range %q", header.Get("Content-Range"))
	}
	if etag := header.Get("ETag"); etag != "" && etag != p.etag {
		return 0, errors.New("the server's file has changed")
	}
	if p.size == 0 || first != p.size || last != total-1 {
		return 0, fmt.Errorf("asked for bytes from %d on, the server sends %d to %d of %d", p.size, first, last, total)
	}
	p.resumed = true
	return total, nil
}
