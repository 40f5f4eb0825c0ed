package stylelib

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"stylenet/stylelib/internal/identity"
	"stylenet/stylelib/vgg"
)

// withAnother returns a copy of a struct, without its unexported fields, that has one more field.
func withAnother(value any, n int) any {
	v := reflect.ValueOf(value)
	var fields []reflect.StructField
	for _, f := range reflect.VisibleFields(v.Type()) {
		if f.IsExported() {
			fields = append(fields, f)
		}
	}
	fields = append(fields, reflect.StructField{Name: "Another", Type: reflect.TypeFor[int]()})
	copied := reflect.New(reflect.StructOf(fields)).Elem()
	for _, f := range fields[:len(fields)-1] {
		copied.FieldByName(f.Name).Set(v.FieldByName(f.Name))
	}
	copied.FieldByName("Another").SetInt(int64(n))
	return copied.Interface()
}

// A field that is added to what a run is made of changes every identity, until its tag says otherwise: nobody can forget it.
func TestNewOptionsCount(t *testing.T) {
	for name, value := range map[string]any{"Options": Options{}.withDefaults(), "Term": StyleTerm(1), "Extractor": *new(vgg.Extractor)} {
		for _, aspect := range []identity.Aspect{identity.Program, identity.Loss, identity.Style} {
			if identity.Of(aspect, withAnother(value, 1)) == identity.Of(aspect, withAnother(value, 2)) {
				t.Errorf("a new field of %s does not count for aspect %s", name, aspect)
			}
		}
	}
}

// Each field counts for what its tag does not leave out, whatever it holds.
func TestEveryFieldCounts(t *testing.T) {
	for _, value := range []any{new(Options), new(Term), new(vgg.Extractor)} {
		v := reflect.ValueOf(value).Elem()
		for _, f := range reflect.VisibleFields(v.Type()) {
			tags := strings.Split(f.Tag.Get("identity"), ",")
			changed := differing(f.Type)
			if !f.IsExported() || slices.Contains(tags, "-") || !changed.IsValid() {
				continue
			}
			for _, aspect := range []identity.Aspect{identity.Program, identity.Loss, identity.Style} {
				v.FieldByName(f.Name).SetZero()
				before := identity.Of(aspect, value)
				v.FieldByName(f.Name).Set(changed)
				if got, want := identity.Of(aspect, value) != before, !slices.Contains(tags, "-"+string(aspect)); got != want {
					t.Errorf("%s.%s counts for aspect %s: %t, want %t", v.Type(), f.Name, aspect, got, want)
				}
			}
			v.FieldByName(f.Name).SetZero()
		}
	}
}

// differing returns a value of a type that is not its zero value; an invalid one where that takes more than reflection.
func differing(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.Int:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString("x")
	case reflect.Slice:
		v = reflect.MakeSlice(t, 1, 1)
	default:
		return reflect.Value{}
	}
	return v
}
