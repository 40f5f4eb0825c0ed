package repl

import (
	"regexp"
	"slices"
	"strings"
)

// unfinished matches a name that is being typed, with the one before its point.
var unfinished = regexp.MustCompile(`(?:([\p{L}_][\p{L}\p{N}_]*)\.)?([\p{L}\p{N}_]*)$`)

// Complete returns the names that a text may go on with, by what the session knows: those of packages, and what the cells have
// made. It is for the moment until gopls has started, which knows more. typed is the part of the name that is there.
func (s *Session) Complete(text string) (names []string, typed string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	match := unfinished.FindStringSubmatch(text)
	qualifier, typed := match[1], match[2]
	add := func(name string) {
		if strings.HasPrefix(name, typed) {
			names = append(names, name)
		}
	}
	switch {
	case qualifier != "":
		if s.vars[qualifier] == nil {
			for _, name := range s.exported(s.pathOf(qualifier)) {
				add(name)
			}
		}
	case typed != "":
		for name := range s.vars {
			add(name)
		}
		for _, d := range s.decls {
			for _, name := range d.names() {
				add(name)
			}
		}
		s.Packages.Everything(func(path, name string, own bool) {
			if own || !strings.Contains(path, "/") {
				add(name)
			}
		})
	}
	slices.Sort(names)
	return slices.Compact(names), typed
}
