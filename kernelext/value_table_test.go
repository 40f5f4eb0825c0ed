package kernelext

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDisplayTables(t *testing.T) {
	base := &vBase{5}
	var many []vPoint
	for i := range 45 {
		many = append(many, vPoint{i, -i})
	}
	checkTexts(t, []valueText{
		{[]vPerson{{"Ann", 40, nil, "a"}, {"Bo\tb", 7, nil, ""}}, "Name     Age\nAnn      40\n\"Bo\\tb\"  7"},
		{[]*vPoint{{1, 2}, nil, {3, 4}}, "X    Y\n1    2\nnil\n3    4"},
		{[1]vPoint{{1, 2}}, "X  Y\n1  2"},
		{[]vKind{{base, 1, nil}, {nil, 0, errors.New("bad")}}, "ID  Level  Err\n5   high   nil\n    low    bad"},
		{[]vStep{{1, map[string]float64{"tv": 2.5, "b": 1}, time.Second, nil}, {N: 2}},
			"N  Terms            Wait\n1  map[b:1 tv:2.5]  1s\n2                   0s"},
		{[]vPoint{}, "[]"},
		{vFive{A: 1, E: 5}, "field            value\nA                1\nE                5\n… 3 more fields  zero"},
		{&vFive{}, "field         value\nall 5 fields  zero"},
		{vMany{A: 1, F: 6, Name: "x", hidden: 9}, "field            value\nA                1\nF                6\nName             x\n… 4 more fields  zero"},
		{&vMany{1, 2, 3, 4, 5, 6, "", 0}, "field           value\nA               1\nB               2\nC               3\nD               4\nE               5\nF               6\n… 1 more field  zero"},
		{many[:20], "X   Y\n" + rowsOf(0, 20, 4)},
		{many, "X            Y\n" + rowsOf(0, 10, 13) + "\n… 25 more …\n" + rowsOf(35, 45, 13)},
	})
	s := collect(t)
	Display([]vPerson{{Name: "<b>"}})
	want := `<table><thead><tr><th style="text-align:left">Name</th><th style="text-align:left">Age</th></tr></thead>` +
		`<tbody><tr><td style="text-align:left">&lt;b&gt;</td><td style="text-align:left">0</td></tr></tbody></table>`
	if got := s.all()[0].html; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// rowsOf returns the rows of points (i, -i), the first column so many letters wide.
func rowsOf(from, to, width int) string {
	var rows []string
	for i := from; i < to; i++ {
		rows = append(rows, fmt.Sprintf("%-*d%d", width, i, -i))
	}
	return strings.Join(rows, "\n")
}

// part shows itself by names and values.
type part struct{ name, size string }

func (p part) Display() []any {
	rows := [][]string{{"part", p.name}}
	if p.size != "" {
		rows = append(rows, []string{"size", p.size})
	}
	return []any{rows}
}

// TestDisplaySliceOfDisplayers: those that show themselves by names and values are the rows of one table.
func TestDisplaySliceOfDisplayers(t *testing.T) {
	s := collect(t)
	Display([]part{{"wheel", ""}, {"door", "2 m"}})
	if got, want := s.all()[0].text, "part   size\nwheel\ndoor   2 m"; got != want || len(s.all()) != 1 {
		t.Errorf("%q, want %q", got, want)
	}
}
