package kernelext

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxText     = 10_000  // bytes of a value's text
	maxQuoted   = 2000    // bytes of a string that is the value
	maxString   = 200     // bytes of a string within the value
	maxElements = 100     // of a slice or map that is written in full
	fewElements = 3       // at each end of a longer one
	maxKeys     = 100_000 // of all maps together that are sorted
	maxWithin   = 6       // values within values
)

// place says where in a value something lies.
type place struct {
	depth  int
	follow bool // a pointer is followed
	quote  bool // a string is quoted
}

// in returns the place of what lies within.
func (at place) in(follow, quote bool) place { return place{at.depth + 1, at.follow && follow, quote} }

// printer writes values as text of limited length.
type printer struct {
	b    strings.Builder
	room int // for so many bytes more
	full bool
	keys int // of maps that may still be sorted
}

// textOf returns the text of a value.
func textOf(v reflect.Value) string { return textWithin(v, maxText, place{follow: true, quote: true}) }

// textWithin returns the text of a value in so many bytes.
func textWithin(v reflect.Value, room int, at place) string {
	p := &printer{room: room, keys: maxKeys}
	p.value(v, at)
	return p.b.String()
}

func (p *printer) write(s string) {
	if p.full {
		return
	}
	if len(s) > p.room {
		s, p.full = cut(s, p.room), true
	}
	p.room -= len(s)
	p.b.WriteString(s)
}

// value writes one value.
func (p *printer) value(v reflect.Value, at place) {
	if p.full {
		return
	}
	for v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		p.write("nil")
		return
	}
	if text, ok := ownText(v); ok {
		p.write(text)
		return
	}
	switch v.Kind() {
	case reflect.String:
		p.write(stringText(v.String(), at))
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Struct:
		p.composite(v, at)
	case reflect.Pointer, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		p.reference(v, at)
	default:
		p.write(fmt.Sprint(v)) // a number or a bool
	}
}

// reference follows the first pointer; of other references it writes the type.
func (p *printer) reference(v reflect.Value, at place) {
	switch {
	case v.IsNil():
		p.write("nil")
	case at.follow && v.Kind() == reflect.Pointer && v.Elem().Kind() != reflect.Pointer:
		p.write("&")
		p.value(v.Elem(), place{at.depth, false, at.quote})
	default:
		p.write(typeText(v.Type()))
	}
}

func (p *printer) composite(v reflect.Value, at place) {
	if at.depth > maxWithin {
		p.write(typeText(v.Type()))
		return
	}
	switch v.Kind() {
	case reflect.Map:
		p.mapping(v, at)
	case reflect.Struct:
		p.write("{")
		for i := 0; i < v.NumField() && !p.full; i++ {
			if i > 0 {
				p.write(" ")
			}
			p.write(v.Type().Field(i).Name + ":")
			p.value(v.Field(i), at.in(false, false))
		}
		p.write("}")
	default:
		n := v.Len()
		if n > maxElements && v.Kind() == reflect.Slice {
			p.write(fmt.Sprintf("%s of %d: ", typeText(v.Type()), n))
		} else if n > maxElements {
			p.write(typeText(v.Type()) + ": ")
		}
		p.write("[")
		p.list(n, func(i int) { p.value(v.Index(i), at.in(true, true)) })
		p.write("]")
	}
}

// list writes n elements with spaces between, and the ends only of many.
func (p *printer) list(n int, element func(i int)) {
	for i := 0; i < n && !p.full; i++ {
		if i > 0 {
			p.write(" ")
		}
		if n > maxElements && i == fewElements {
			p.write("… ")
			i = n - fewElements
		}
		element(i)
	}
}

// entry is an element of a map.
type entry struct {
	key, value reflect.Value
	text       string // of the key, where it is neither a number nor a string
}

// mapping writes a map in the order of its keys; of one with very many, the type and how many.
func (p *printer) mapping(v reflect.Value, at place) {
	n, start := v.Len(), "map["
	if n > maxElements {
		p.write(fmt.Sprintf("%s of %d", typeText(v.Type()), n))
		start = ": ["
	}
	if p.keys -= n; p.keys < 0 {
		if n <= maxElements {
			p.write(typeText(v.Type()))
		}
		return
	}
	entries := entriesOf(v)
	p.write(start)
	p.list(len(entries), func(i int) {
		p.value(entries[i].key, at.in(false, false))
		p.write(":")
		p.value(entries[i].value, at.in(true, false))
	})
	p.write("]")
}

// entriesOf returns a map's elements in the order of their keys.
func entriesOf(m reflect.Value) []entry {
	entries := make([]entry, 0, m.Len())
	for all := m.MapRange(); all.Next(); {
		e := entry{key: all.Key(), value: all.Value()}
		for e.key.Kind() == reflect.Interface {
			e.key = e.key.Elem()
		}
		if k := e.key; k.Kind() != reflect.String && k.IsValid() && !k.CanInt() && !k.CanUint() && !k.CanFloat() {
			e.text = textWithin(k, maxString, place{})
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b entry) int {
		x, y := a.key, b.key
		switch {
		case x.Kind() != y.Kind():
			return cmp.Compare(x.Kind(), y.Kind())
		case !x.IsValid():
			return 0
		case x.CanInt():
			return cmp.Compare(x.Int(), y.Int())
		case x.CanUint():
			return cmp.Compare(x.Uint(), y.Uint())
		case x.CanFloat():
			return cmp.Compare(x.Float(), y.Float())
		case x.Kind() == reflect.String:
			return cmp.Compare(x.String(), y.String())
		}
		return cmp.Compare(a.text, b.text)
	})
	return entries
}

// stringText writes a string: quoted, or as it is unless it has control characters. A long one is cut.
func stringText(s string, at place) string {
	most := maxString
	if at.depth == 0 {
		most = maxQuoted
	}
	if at.quote || strings.ContainsFunc(s[:min(len(s), most)], unicode.IsControl) {
		return quoted(s, most)
	}
	return cut(s, most)
}

// quoted quotes a string. Of one that is longer than so many bytes it quotes the start, and says how long it is.
func quoted(s string, most int) string {
	if len(s) <= most {
		return strconv.Quote(s)
	}
	start := strconv.Quote(strings.TrimSuffix(cut(s, most), "…"))
	return fmt.Sprintf(`%s…" (%d bytes)`, strings.TrimSuffix(start, `"`), len(s))
}

// cut shortens a string to so many bytes and an ellipsis.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}
