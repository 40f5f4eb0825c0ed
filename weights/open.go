package weights

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Open returns the network of a name:
//
//	vgg19, vgg19-slim, …   one of the [Catalog]: from this computer, else downloaded
//	stylenet               StyleNet's own small network, always at hand
//	random, random:7       random numbers, of seed 1 or another one
//	a path                 a file, see [Load]
//	nothing                the first of the catalogue that is on this computer, else stylenet; never downloaded
//
// A published network is looked for in StyleNet's folder ([Home]/weights) and in the folders of torch, Keras and Hugging
// Face. It is kept in StyleNet's folder, in a form that loads fast. Ctx ends a download; what has come is kept for the
// next try.
func Open(ctx context.Context, name string) (*Network, error) { return Options{}.Open(ctx, name) }

// Open returns the network of a name, see the function [Open].
func (o Options) Open(ctx context.Context, name string) (*Network, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if p, ok := publishedAs(name); ok {
		return o.openPublished(ctx, p)
	}
	seed, isRandom := strings.CutPrefix(name, "random:")
	switch {
	case name == "":
		return o.atHand(ctx)
	case name == OwnName:
		return o.own()
	case name == "random":
		return Random(1), nil
	case isRandom:
		n, err := strconv.ParseUint(seed, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("weights: seed %q of a random network; a whole number from 0 on is wanted", seed)
		}
		return Random(n), nil
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("weights: no network and no file %q; there are %s, %s, random, random:SEED and the path of a file", name, catalogNames(), OwnName)
	}
	return o.Load(name)
}

func catalogNames() string {
	var names []string
	for _, p := range published {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// atHand returns the first network of the catalogue that is on this computer, or StyleNet's own.
func (o Options) atHand(ctx context.Context) (*Network, error) {
	offline := o
	offline.Offline = true
	for _, p := range published {
		if n, err := offline.openPublished(ctx, p); err == nil {
			return n, nil
		}
	}
	return o.own()
}

// openPublished returns a network of the catalogue from where it is found first.
func (o Options) openPublished(ctx context.Context, p Published) (*Network, error) {
	folder, err := folder()
	if err != nil {
		return nil, err
	}
	kept := p.kept(folder)
	if n, err := o.Load(kept); err == nil { // else it is not there, or damaged and made anew
		return n, nil
	}
	path, others := p.elsewhere(folder)
	if path != "" {
		return o.keep(p, path, kept)
	}
	if o.Offline {
		return nil, fmt.Errorf("weights: %s is not on this computer; %s%s", p.Name, p.remedy(folder), others)
	}
	if len(p.URLs) == 0 {
		return nil, fmt.Errorf("weights: %s cannot be downloaded; %s%s", p.Name, p.remedy(folder), others)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	unlock, err := lock(ctx, filepath.Join(folder, p.Name+".lock"))
	if err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	defer unlock()
	if n, err := o.Load(kept); err == nil { // somebody else fetched it while we waited
		return n, nil
	}
	download := filepath.Join(folder, p.Name+".download")
	if err := newFetcher(o.Progress).fetch(ctx, p, download); err != nil {
		return nil, fmt.Errorf("weights: %s was not fetched (%w); by hand: save %s as %s%s", p.Name, err, p.URLs[0], filepath.Join(folder, p.File), others)
	}
	defer os.Remove(download) // seven eighths of it are not needed
	return o.keep(p, download, kept)
}

// remedy says how to get a network that is not on this computer.
func (p Published) remedy(folder string) string {
	if len(p.URLs) == 0 {
		return fmt.Sprintf("put a copy that you have, %s, into %s", p.File, folder)
	}
	return "to get it: go run ./kernelext/stylenet weights fetch " + p.Name
}

// folder returns where networks are kept.
func folder() (string, error) {
	home, err := Home()
	return filepath.Join(home, "weights"), err
}

// kept returns the path of the copy in the folder.
func (p Published) kept(folder string) string { return filepath.Join(folder, p.Name+".safetensors") }

// keep reads the file of a published network, whose checksum is right, and keeps it in the form that loads fast.
func (o Options) keep(p Published, path, kept string) (*Network, error) {
	n, err := Options{Origin: p.Origin}.Load(path)
	if err != nil {
		return nil, err
	}
	n.Origin, n.Licence = p.Name+": "+p.About, p.Licence
	if n.SHA256 == "" { // of a long file; once it costs little
		if n.SHA256, err = fileSum(path); err != nil {
			return nil, fmt.Errorf("weights: %w", err)
		}
	}
	if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
		return nil, fmt.Errorf("weights: %w", err)
	}
	if err := n.Save(kept); err != nil {
		return nil, err
	}
	return o.Load(kept) // with the caller's options
}

// elsewhere returns the path of the network's own file where a person or another program has left it, after a look at
// its checksum. Where there is none, others says what is wrong with each file that lies in such a place.
func (p Published) elsewhere(folder string) (path, others string) {
	for _, path := range p.copies(folder) {
		err := p.checkFile(path)
		if err == nil {
			return path, ""
		}
		others += fmt.Sprintf("; %s is another file: %v", path, err)
	}
	return "", others
}

// copies returns where the network's own file may lie: in StyleNet's folder and that of the program that downloads it by
// itself.
func (p Published) copies(folder string) []string {
	places := []string{filepath.Join(folder, p.File)}
	switch p.Name {
	case "vgg19":
		places = append(places, filepath.Join(cacheOf("KERAS_HOME", ".keras"), "models", p.File))
	case "vgg19-torchvision":
		places = append(places, filepath.Join(cacheOf("TORCH_HOME", ".cache", "torch"), "hub", "checkpoints", p.File))
	case "vgg19-timm":
		hub := filepath.Join(cacheOf("HF_HOME", ".cache", "huggingface"), "hub")
		if set := os.Getenv("HF_HUB_CACHE"); set != "" {
			hub = set
		}
		snapshots := filepath.Join(hub, "models--timm--vgg19.tv_in1k", "snapshots")
		found, _ := fs.Glob(os.DirFS(snapshots), "*/"+p.File)
		for _, file := range found {
			places = append(places, filepath.Join(snapshots, file))
		}
	}
	return slices.DeleteFunc(places, func(path string) bool {
		_, err := os.Stat(path)
		return err != nil
	})
}

// cacheOf returns the folder that a variable of the environment names, else the one below the user's own.
func cacheOf(variable string, below ...string) string {
	if set := os.Getenv(variable); set != "" {
		return set
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "" // a path in the working folder, where nothing will be found
	}
	return filepath.Join(append([]string{home}, below...)...)
}
