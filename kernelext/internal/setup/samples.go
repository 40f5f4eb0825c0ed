package setup

import (
	"archive/zip"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
)

// samplesWheel carries scikit-image's sample pictures. It is the same file on every machine: only its pictures
// are taken.
var samplesWheel = wheel{
	requirement: "scikit-image==0.25.2",
	python:      "3.12", abi: "cp312", platform: "manylinux_2_17_x86_64",
	sha256: "a17e17eb8562660cc0d31bb55643a4da996a81944b82c54805c91b3fe66f4824",
}

// samplePictures are those of its pictures that their makers gave away, with what scikit-image's own notes say.
var samplePictures = []struct{ file, shows, licence string }{
	{"chelsea.png", "Chelsea the cat", "CC0, given by the photographer, Stefan van der Walt"},
	{"coffee.png", "a cup of coffee at Pikolo Espresso Bar", "CC0, given by the photographer, Rachel Michetti"},
	{"astronaut.png", "the astronaut Eileen Collins", "public domain, NASA Great Images"},
	{"rocket.jpg", "a Falcon 9 carrying DSCOVR at its launch", "public domain, SpaceX"},
	{"hubble_deep_field.jpg", "the Hubble eXtreme Deep Field", "public domain, NASA"},
	{"camera.png", "a photographer with his camera, grey", "CC0, given by the photographer, Lav Varshney"},
}

// samples are photographs to try things on, put into the folder samples with a list of their licences.
func (s *Setup) samples() part {
	dir := filepath.Join(s.Home, "samples")
	licences := filepath.Join(dir, "LICENCES.txt")
	return part{
		name:  "sample pictures",
		about: samplesWheel.requirement,
		hint:  "a 15 MB download",
		ready: func(context.Context) bool { return madeFrom(licences, samplesWheel.sha256) },
		make: func(ctx context.Context) error {
			return samplesWheel.open(ctx, s, func(archive *zip.Reader) error {
				for _, p := range samplePictures {
					if err := extract(archive, path.Join("skimage/data", p.file), filepath.Join(dir, p.file)); err != nil {
						return err
					}
				}
				if err := os.WriteFile(licences, []byte(licenceList()), 0o644); err != nil {
					return err
				}
				return noteMade(licences, samplesWheel.sha256)
			})
		},
		mend: again,
	}
}

func licenceList() string {
	text := "Sample pictures from " + samplesWheel.requirement + ", all free to use for anything:\n\n"
	for _, p := range samplePictures {
		text += fmt.Sprintf("%-22s %s: %s\n", p.file, p.shows, p.licence)
	}
	return text
}
