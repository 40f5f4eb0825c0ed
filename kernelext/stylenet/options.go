//go:build cgo

package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// option is one entry of a command's table of options. From the table come the flags with their help, the options in a recipe and
// in a trace, the fields of a batch's jobs, the description that tells two jobs apart, and the files that a picture is made from.
type option struct {
	name   string
	to     any // a pointer to the value: a [flag.Value], *fileList, *string, *bool, *int, *uint64 or *float64
	effect effect
	words  []string // of an option that names pictures: values that are no files
	single bool     // it belongs to one picture: not to all jobs of a batch
	help   string
}

// effect says how an option counts where two paintings are compared.
type effect int

const (
	changesPicture effect = iota // its value counts
	namesPictures                // its words count, and the checksums of its files
	namesNetwork                 // the network's checksum counts
	changesNothing               // it says how the command runs and what it writes where
)

// options are a command's table.
type options []option

// flags returns the options as flags, whose defaults are the values that they have.
func (list options) flags(command string) *flag.FlagSet {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	for _, o := range list {
		switch to := o.to.(type) {
		case *string:
			flags.StringVar(to, o.name, *to, o.help)
		case *bool:
			flags.BoolVar(to, o.name, *to, o.help)
		case *int:
			flags.IntVar(to, o.name, *to, o.help)
		case *uint64:
			flags.Uint64Var(to, o.name, *to, o.help)
		case *float64:
			flags.Float64Var(to, o.name, *to, o.help)
		case *fileList:
			flags.Func(o.name, o.help, to.collector())
		case flag.Value:
			flags.Var(to, o.name, o.help)
		default:
			panic(fmt.Sprintf("option %s is a %T, which no flag is", o.name, o.to))
		}
	}
	return flags
}

// named returns the option of that name; nil: there is none.
func (list options) named(name string) *option {
	i := slices.IndexFunc(list, func(o option) bool { return o.name == name })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// names lists the options' names, in the order of the alphabet as in -h.
func (list options) names() string {
	var names []string
	for _, o := range list {
		names = append(names, o.name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// MarshalJSON writes what counts for the picture as one object, its keys the options' names.
func (list options) MarshalJSON() ([]byte, error) {
	var fields [][]byte
	for _, o := range list {
		if o.effect == changesNothing {
			continue
		}
		value, err := json.Marshal(o.to)
		if err != nil {
			return nil, fmt.Errorf("option %s: %w", o.name, err)
		}
		fields = append(fields, fmt.Appendf(nil, "%q:%s", o.name, value))
	}
	return fmt.Appendf(nil, "{%s}", bytes.Join(fields, []byte(","))), nil
}

// UnmarshalJSON reads what MarshalJSON writes into the options' values; those that are missing keep theirs.
func (list options) UnmarshalJSON(data []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	for name, value := range fields {
		o := list.named(name)
		if o == nil || o.effect == changesNothing {
			return fmt.Errorf("it has an option %q, which this program does not know", name)
		}
		if err := json.Unmarshal(value, o.to); err != nil {
			return fmt.Errorf("option %s: %w", name, err)
		}
	}
	return nil
}

// values returns the option's value as text, or the texts of a list of files.
func (o *option) values() []string {
	switch to := o.to.(type) {
	case *fileList:
		return *to
	case flag.Value:
		return []string{to.String()}
	}
	return []string{fmt.Sprint(reflect.ValueOf(o.to).Elem())}
}

// isFile reports whether a value of the option names a picture.
func (o *option) isFile(value string) bool {
	return o.effect == namesPictures && value != "" && !slices.Contains(o.words, value)
}

// files returns the pictures' files, by their options' names: style, style 2 and so on.
func (list options) files() map[string]string {
	files := map[string]string{}
	for _, o := range list {
		for i, value := range o.values() {
			if !o.isFile(value) {
				continue
			}
			name := o.name
			if i > 0 {
				name = fmt.Sprintf("%s %d", name, i+1)
			}
			files[name] = value
		}
	}
	return files
}

// description returns the text that tells two paintings apart. Without files' names it holds for whatever their files are called:
// the checksums of the files belong to it.
func (list options) description(fileNames bool) string {
	var text strings.Builder
	for _, o := range list {
		if o.effect == changesNothing || o.effect == namesNetwork && !fileNames {
			continue
		}
		values := slices.Clone(o.values())
		for i, value := range values {
			if !fileNames && o.isFile(value) {
				values[i] = ""
			}
		}
		fmt.Fprintf(&text, "%s %q\n", o.name, values)
	}
	return text.String()
}
