package report

import (
	"fmt"
	"unicode/utf8"
)

const (
	longestStream  = 1_000_000  // bytes of a cell's output that are shown
	longestDisplay = 10_000_000 // bytes of one text that is displayed
)

// Stream passes the text that a program writes on to a notebook, up to longestStream. It does not split a UTF-8 character.
type Stream struct {
	To    func(text string)
	part  []byte // the beginning of a UTF-8 character
	shown int
}

// Write never fails.
func (s *Stream) Write(p []byte) (int, error) {
	n := len(p)
	if s.shown >= longestStream {
		return n, nil
	}
	p = append(s.part, p...)
	if room := longestStream - s.shown; len(p) > room {
		p = p[:room]
	}
	end := len(p) - unfinished(p)
	s.part = append([]byte(nil), p[end:]...)
	s.shown += end
	if end > 0 {
		s.To(string(p[:end]))
	}
	if s.shown+len(s.part) >= longestStream {
		s.shown = longestStream
		s.To(fmt.Sprintf("\n[the rest of the output is not shown: it is longer than %d MB; write that much to a file]\n", longestStream/1_000_000))
	}
	return n, nil
}

// unfinished returns how many bytes at the end are the beginning of a UTF-8 character.
func unfinished(p []byte) int {
	for n := 1; n <= min(utf8.UTFMax-1, len(p)); n++ {
		if b := p[len(p)-n]; utf8.RuneStart(b) {
			if !utf8.FullRune(p[len(p)-n:]) {
				return n
			}
			break
		}
	}
	return 0
}

// Fit returns what is to be displayed. It replaces a text longer than longestDisplay by a note.
func Fit(content any) any {
	if text, ok := content.(string); ok && len(text) > longestDisplay {
		return fmt.Sprintf("[a display of %d MB is not shown: the most is %d MB; write that much to a file]",
			len(text)/1_000_000, longestDisplay/1_000_000)
	}
	return content
}
