package setup

import "testing"

func TestTunables(t *testing.T) {
	if !glibc() {
		t.Skip("no glibc")
	}
	for _, c := range []struct{ have, wish, want string }{
		{"", "", "glibc.malloc.hugetlb=1"},
		{"", "1", "glibc.malloc.hugetlb=1"},
		{"", "0", ""},
		{"glibc.malloc.arena_max=2", "", "glibc.malloc.arena_max=2:glibc.malloc.hugetlb=1"},
		{"glibc.malloc.arena_max=2", "0", ""},
		{"glibc.malloc.hugetlb=2", "", "glibc.malloc.hugetlb=2"},
		{"glibc.malloc.hugetlb=1:x=y", "", "glibc.malloc.hugetlb=1:x=y"},
	} {
		t.Setenv(TunablesVar, c.have)
		t.Setenv(HugePagesVar, c.wish)
		if got := Tunables(); got != c.want {
			t.Errorf("with %s=%s %s=%s: %q, want %q", TunablesVar, c.have, HugePagesVar, c.wish, got, c.want)
		}
		s := &Setup{Home: "/h", Module: t.TempDir()}
		env, err := s.Env(t.Context())
		got, ok := env[TunablesVar]
		if err != nil || got != c.want || ok != (c.want != "") {
			t.Errorf("the kernelspec sets %q (%v, %v), want %q", got, ok, err, c.want)
		}
	}
}
