package torch

import (
	"io"
	"math"

	"stylenet/weights/internal/array"
)

// storage is a run of values somewhere in the file.
type storage struct {
	key   string
	typ   array.Type
	count int64
}

// bytes returns how long the storage is. reference has seen to it that it fits an int64.
func (s *storage) bytes() int64 { return s.count * int64(s.typ.Size()) }

// tensor is a view of a storage.
type tensor struct {
	name           string
	storage        *storage
	offset         int64
	shape, strides []int
}

var storageTypes = map[global]array.Type{
	"torch.FloatStorage": array.Float32, "torch.DoubleStorage": array.Float64,
	"torch.HalfStorage": array.Float16, "torch.BFloat16Storage": array.BFloat16,
	"torch.LongStorage": array.Int64, "torch.IntStorage": array.Int32, "torch.ShortStorage": array.Int16,
	"torch.CharStorage": array.Int8, "torch.ByteStorage": array.Uint8, "torch.BoolStorage": array.Uint8,
}

// reference answers a persistent id, ("storage", type, key, location, count), with the storage it names.
func (m *machine) reference(id any) (*storage, error) {
	t, ok := id.(tuple)
	if !ok || len(t) < 5 || t[0] != "storage" {
		return nil, array.Bad("a reference that is not to a storage")
	}
	typ, _ := t[1].(global)
	key, isString := t[2].(string)
	count, isInt := t[4].(int64)
	if !isString || !isInt || count < 0 || count > math.MaxInt64/16 {
		return nil, array.Bad("a storage without a key or a count")
	}
	if storageTypes[typ] == array.Unknown {
		return nil, array.Unsupported("a storage of type %q", typ)
	}
	if len(t) > 5 && t[5] != nil {
		return nil, array.Unsupported("a storage that is part of another")
	}
	s := &storage{key, storageTypes[typ], count}
	if known := m.storages[key]; known != nil {
		if *known != *s {
			return nil, array.Bad("storage %q is said to be two different things", key)
		}
		return known, nil
	}
	m.storages[key] = s
	return s, nil
}

// rebuild makes a tensor of the arguments of torch._utils._rebuild_tensor_v2: storage, offset, shape, strides.
func rebuild(args tuple) (any, error) {
	if len(args) >= 4 {
		s, ok1 := args[0].(*storage)
		offset, ok2 := args[1].(int64)
		shape, ok3 := ints(args[2])
		strides, ok4 := ints(args[3])
		if ok1 && ok2 && ok3 && ok4 && offset >= 0 && len(shape) == len(strides) {
			return &tensor{storage: s, offset: offset, shape: shape, strides: strides}, nil
		}
	}
	return nil, array.Bad("a tensor of unusual parts")
}

// ints returns a tuple of sizes as a slice.
func ints(v any) ([]int, bool) {
	t, ok := v.(tuple)
	if !ok || len(t) > 8 {
		return nil, false
	}
	sizes := make([]int, len(t))
	for i, item := range t {
		n, ok := item.(int64)
		if !ok || n < 0 || n > math.MaxInt32 {
			return nil, false
		}
		sizes[i] = int(n)
	}
	return sizes, true
}

// array checks that the tensor lies inside its storage, which open reads from its start, and returns it.
func (t *tensor) array(open func() (io.ReadCloser, error)) (array.Array, error) {
	outside := array.Bad("shape %v with strides %v from %d on leaves its storage of %d values",
		t.shape, t.strides, t.offset, t.storage.count).In(t.name)
	count, err := array.Count(t.shape, t.storage.count)
	if err != nil || t.offset > t.storage.count-int64(min(count, 1)) {
		return array.Array{}, outside
	}
	last := t.offset
	for i, size := range t.shape {
		if last += int64(size-1) * int64(t.strides[i]); count > 0 && last >= t.storage.count {
			return array.Array{}, outside
		}
	}
	return array.Array{
		Name: t.name, Shape: t.shape, Strides: t.strides, Type: t.storage.typ,
		Open: func() (io.ReadCloser, error) { return skip(open, t.offset*int64(t.storage.typ.Size())) },
	}, nil
}

// skip opens a reader and passes over its first n bytes.
func skip(open func() (io.ReadCloser, error), n int64) (io.ReadCloser, error) {
	r, err := open()
	if err != nil {
		return nil, array.Bad("%v", err)
	}
	if _, err := io.CopyN(io.Discard, r, n); err != nil {
		r.Close()
		return nil, array.Bad("%v", err)
	}
	return r, nil
}

// maxDepth is how deep dictionaries may be nested for their tensors to be seen.
const maxDepth = 8

// tensorsOf returns the tensors in nested dictionaries, in their order, with the keys joined by dots as their names.
func tensorsOf(root any) []*tensor {
	var found []*tensor
	seen := map[*dict]bool{}
	var walk func(v any, name string, depth int)
	walk = func(v any, name string, depth int) {
		switch v := v.(type) {
		case *tensor:
			named := *v
			named.name = name
			found = append(found, &named)
		case *dict:
			if seen[v] || depth == maxDepth { // one that is shared is listed once, one that holds itself has no end
				return
			}
			seen[v] = true
			if name != "" {
				name += "."
			}
			for i, key := range v.keys {
				if key, ok := key.(string); ok {
					walk(v.values[i], name+key, depth+1)
				}
			}
		}
	}
	walk(root, "", 0)
	return found
}
