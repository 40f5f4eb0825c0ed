package run

import "testing"

// TestNothingInACellIsMistaken: what looks like a command or a package clause inside Go code is Go, and Windows' ends of
// lines are taken for Go's.
func TestNothingInACellIsMistaken(t *testing.T) {
	t.Parallel()
	k := testKernel(t, realKernel(t))
	for _, c := range []struct{ name, source, want string }{
		{"raw string", "%%\nfmt.Printf(\"%q\", `a\n%d percent\n!important\npackage b\n%%\n%main`)", `"a\n%d percent\n!important\npackage b\n%%\n%main"`},
		{"comment", "/*\n!echo a command\n%nonsense\n*/\nfunc one() int { return 1 }\n%%\nfmt.Print(one())", "1"},
		{"expression", "%%\na, b := true, false\nfmt.Print(a &&\n!b)", "true"},
		{"names", "package main\n\n%%\npackages := 3\npackages++\nfmt.Print(\npackages)", "4"},
		{"Windows", "\ufeffimport \"strings\"\r\n\r\n%%\r\nfmt.Printf(\"%q\", strings.ToUpper(`a\r\nb`))\r\n!echo c\r\n", "c\n" + `"A\nB"`},
		{"command between statements", "!echo it\\'s `echo \"b\"` \\\n  c\n%%\nfmt.Print(2)", "it's b c\n2"},
		{"script", "%%bash\r\nread a\r\nb\r\necho !$a\r\n", "!b\n"},
		{"arguments", "%% a \"b c\"\nfmt.Printf(\"%q\", flag.Args())", `["a" "b c"]`},
	} {
		if got := written(t, k, c.source); got != c.want {
			t.Errorf("%s: wrote %q, want %q", c.name, got, c.want)
		}
	}
}
