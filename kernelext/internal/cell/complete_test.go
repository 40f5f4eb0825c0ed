package cell

import "testing"

func TestStatus(t *testing.T) {
	for source, want := range map[string][2]string{
		"":                                  {"complete", ""},
		"x := 1":                            {"complete", ""},
		"func f() {":                        {"incomplete", "\t"},
		"func f() {\n\tif x {":              {"incomplete", "\t\t"},
		"func f() {\n\tif x {\n\t}":         {"incomplete", "\t"},
		"func f() {\n}\n":                   {"complete", ""},
		"x := 1 +":                          {"incomplete", ""},
		"f(1,":                              {"incomplete", "\t"},
		"f(1,\n2)":                          {"complete", ""},
		"s := `a {":                         {"incomplete", ""},
		"s := `a {\n`":                      {"complete", ""},
		"s := \"a {\"":                      {"complete", ""},
		"/* {":                              {"incomplete", ""},
		"// {":                              {"complete", ""},
		"!echo '{'":                         {"complete", ""},
		"%%\nfmt.Println(":                  {"incomplete", "\t"},
		"%%\r\nfor range 3 {\r\n}\r\n":      {"complete", ""},
		"%%\nx := 1":                        {"incomplete", ""},
		"s := `\n%%\n`":                     {"complete", ""},
		"%%\nx := 1\n":                      {"complete", ""},
		"}":                                 {"complete", ""}, // the compiler says what is wrong
		"s := \"a":                          {"complete", ""}, // no next line can end it
		"import (\n\t\"fmt\"":               {"incomplete", "\t"},
		"type T struct {\n\tA int\n\n":      {"incomplete", "\t"},
		"x := map[string]int{\n\t\"a\": 1,": {"incomplete", "\t"},
	} {
		status, indent := Status(source)
		if got := [2]string{status, indent}; got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}
