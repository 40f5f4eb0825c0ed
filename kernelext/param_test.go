package kernelext

import (
	"os"
	"testing"
	"time"
)

func TestParam(t *testing.T) {
	args := os.Args
	defer func() { os.Args = args }()
	os.Args = []string{"cell", "-v", "steps=7", "steps=8", "name==a b="}
	t.Setenv("STYLENET_PARAMS", `{"steps": "20", "lr": "1e-2", "fast": "true", "limit": "1m30s", "style": "夜空"}`)
	if got := Param("steps", 200); got != 8 {
		t.Errorf("the last argument must win: %d", got)
	}
	if got := Param("name", ""); got != "=a b=" {
		t.Errorf("name %q", got)
	}
	if got := Param("lr", 0.5); got != 0.01 {
		t.Errorf("lr %g", got)
	}
	if got := Param("fast", false); !got {
		t.Error("fast is false")
	}
	if got := Param("limit", time.Second); got != 90*time.Second {
		t.Errorf("limit %v", got)
	}
	if got := Param("style", "waves"); got != "夜空" {
		t.Errorf("style %q", got)
	}
	if got := Param("size", 384); got != 384 {
		t.Errorf("a parameter that nobody gives is %d", got)
	}
}

func TestParamErrors(t *testing.T) {
	check := func(err error, want string) {
		t.Helper()
		if err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	_, err := parse("steps", "2.5", 200)
	check(err, `parameter steps: "2.5" is not a whole number; without it the value is 200`)
	_, err = parse("lr", "NaN", 0.02)
	check(err, `parameter lr: "NaN" is not a number; without it the value is 0.02`)
	_, err = parse("lr", "1e999", 0.02)
	check(err, `parameter lr: "1e999" is not a number; without it the value is 0.02`)
	_, err = parse("fast", "maybe", true)
	check(err, `parameter fast: "maybe" is not true or false; without it the value is true`)
	_, err = parse("limit", "90", time.Minute)
	check(err, `parameter limit: "90" is not a length of time such as 90s or 2m; without it the value is 1m0s`)
	t.Setenv("STYLENET_PARAMS", `{"steps": 20}`)
	if _, _, err := lookupParam("steps"); err == nil {
		t.Error("a number in STYLENET_PARAMS gives no error")
	}
}
