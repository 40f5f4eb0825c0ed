package setup

import (
	"os"
	"strings"
)

// XLAFlagsVar is the environment variable that XLA reads when it loads its plugin.
const XLAFlagsVar = "XLA_FLAGS"

// The flags, for less memory at the same speed.
const (
	// olderEmitters makes XLA compile fused loops by its older emitters, which are faster and need 200 MB less at the peak.
	// With the second flag they compute max(NaN, 0) as NaN, as the newer ones do: a loss of NaN must stay one.
	olderEmitters = "--xla_cpu_use_fusion_emitters=false --xla_cpu_enable_fast_min_max=false"

	// memoryFirst makes XLA schedule a step's operations for little memory, not for concurrency: 170 MB less with VGG-19 at
	// 1024x1024 pixels. Each operation uses all processors anyway.
	memoryFirst = "--xla_cpu_scheduler_type=CPU_SCHEDULER_TYPE_MEMORY_OPTIMIZED"
)

// XLAFlags returns the value of XLAFlagsVar for a program that runs XLA: the present value, and our flags if the plugin is
// the one that set-up installs. A plugin ends the process at a flag that it does not know.
func XLAFlags() string {
	have := os.Getenv(XLAFlagsVar)
	others := backend() != "xla:cpu" || os.Getenv("PJRT_PLUGIN_LIBRARY_PATH") != ""
	if others || strings.Contains(have, "xla_cpu_use_fusion_emitters") {
		return have
	}
	return strings.TrimSpace(have + " " + olderEmitters + " " + memoryFirst)
}
