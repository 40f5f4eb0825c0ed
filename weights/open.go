package weights

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// Open returns the network of a name: "random" (or "random:7", with a seed other than 1), else the path of a file,
// see [Load]. Ctx ends what takes long.
func Open(ctx context.Context, name string) (*Network, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if seed, ok := strings.CutPrefix(name, "random:"); ok {
		n, err := strconv.ParseUint(seed, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("weights: seed %q of a random network; a whole number from 0 on is wanted", seed)
		}
		return Random(n), nil
	}
	if name == "random" {
		return Random(1), nil
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("weights: no network and no file %q; there are random, random:SEED and the path of a file", name)
	}
	return Load(name)
}
