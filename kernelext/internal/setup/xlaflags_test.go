package setup

import "testing"

func TestXLAFlags(t *testing.T) {
	const ours = "--xla_cpu_use_fusion_emitters=false --xla_cpu_enable_fast_min_max=false --xla_cpu_scheduler_type=CPU_SCHEDULER_TYPE_MEMORY_OPTIMIZED"
	for _, c := range []struct{ have, backend, plugins, want string }{
		{"", "", "", ours},
		{"", "xla:cpu", "", ours},
		{"--a=1", "", "", "--a=1 " + ours},
		{"--xla_cpu_use_fusion_emitters=true", "", "", "--xla_cpu_use_fusion_emitters=true"},
		{ours + " --a=1", "", "", ours + " --a=1"},
		{"", "xla:cuda", "", ""}, // another plugin may not know the flag, and would end the process
		{"--a=1", "", "/other", "--a=1"},
	} {
		t.Setenv(XLAFlagsVar, c.have)
		t.Setenv("GOMLX_BACKEND", c.backend)
		t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", c.plugins)
		if got := XLAFlags(); got != c.want {
			t.Errorf("with %q, backend %q, plugins in %q: %q, want %q", c.have, c.backend, c.plugins, got, c.want)
		}
		s := &Setup{Home: "/h", Module: t.TempDir()}
		env, err := s.cellEnv(t.Context())
		if got, ok := env[XLAFlagsVar]; err != nil || got != c.want || ok != (c.want != "") {
			t.Errorf("the kernelspec sets %q (%v, %v), want %q", got, ok, err, c.want)
		}
	}
}
