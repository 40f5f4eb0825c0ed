package weights

import (
	"path/filepath"
	"testing"
)

// The sum is that of the numbers: a file keeps it, one bias or another entrance changes it.
func TestSum(t *testing.T) {
	n := Random(1)
	n.Convs = n.Convs[:2]
	path := filepath.Join(t.TempDir(), "n.safetensors")
	if err := n.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := n.Sum()
	if again.Sum() != sum || len(sum) != 64 {
		t.Errorf("sum %s, loaded %s", sum, again.Sum())
	}
	again.Convs[1].Bias[3]++
	if again.Sum() == sum {
		t.Error("another bias has the same sum")
	}
	again.Convs[1].Bias[3]--
	again.Input.Offset[0]++
	if again.Sum() == sum {
		t.Error("another entrance has the same sum")
	}
}
