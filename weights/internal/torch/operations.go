package torch

import "stylenet/weights/internal/array"

// operations are the operations of a pickle by their code (Python's pickletools describes each).
var operations = map[byte]func(*machine) error{
	// Protocol and framing say nothing about the values.
	0x80: func(m *machine) error { return skipBytes(m, 1) }, // PROTO
	0x95: func(m *machine) error { return skipBytes(m, 8) }, // FRAME

	// Constants.
	'N':  func(m *machine) error { return m.push(nil) },
	0x88: func(m *machine) error { return m.push(true) },  // NEWTRUE
	0x89: func(m *machine) error { return m.push(false) }, // NEWFALSE
	'K':  func(m *machine) error { return pushUint(m, 1) },
	'M':  func(m *machine) error { return pushUint(m, 2) },
	'J':  func(m *machine) error { v, err := m.long(4); return pushIf(m, v, err) },
	0x8a: pushLong, // LONG1
	'G':  func(m *machine) error { v, err := m.float(); return pushIf(m, v, err) },
	'X':  func(m *machine) error { v, err := m.string(4); return pushIf(m, v, err) }, // BINUNICODE
	'T':  func(m *machine) error { v, err := m.string(4); return pushIf(m, v, err) }, // BINSTRING, of Python 2
	0x8c: func(m *machine) error { v, err := m.string(1); return pushIf(m, v, err) }, // SHORT_BINUNICODE
	'U':  func(m *machine) error { v, err := m.string(1); return pushIf(m, v, err) }, // SHORT_BINSTRING, of Python 2

	// Collections.
	'(':  func(m *machine) error { return m.push(mark{}) },
	')':  func(m *machine) error { return m.push(tuple{}) },
	']':  func(m *machine) error { return m.push(&list{}) },
	'}':  func(m *machine) error { return m.push(&dict{}) },
	't':  func(m *machine) error { items, err := m.popMark(); return pushIf(m, tuple(items), err) },
	0x85: func(m *machine) error { items, err := m.popN(1); return pushIf(m, tuple(items), err) }, // TUPLE1
	0x86: func(m *machine) error { items, err := m.popN(2); return pushIf(m, tuple(items), err) }, // TUPLE2
	0x87: func(m *machine) error { items, err := m.popN(3); return pushIf(m, tuple(items), err) }, // TUPLE3
	'a':  func(m *machine) error { items, err := m.popN(1); return appendTo(m, items, err) },
	'e':  func(m *machine) error { items, err := m.popMark(); return appendTo(m, items, err) },
	's':  func(m *machine) error { items, err := m.popN(2); return setIn(m, items, err) },
	'u':  func(m *machine) error { items, err := m.popMark(); return setIn(m, items, err) },

	// The memo.
	'q':  func(m *machine) error { k, err := m.uint(1); return remember(m, k, err) }, // BINPUT
	'r':  func(m *machine) error { k, err := m.uint(4); return remember(m, k, err) }, // LONG_BINPUT
	0x94: func(m *machine) error { return remember(m, uint64(len(m.memo)), nil) },    // MEMOIZE
	'h':  func(m *machine) error { k, err := m.uint(1); return recall(m, k, err) },   // BINGET
	'j':  func(m *machine) error { k, err := m.uint(4); return recall(m, k, err) },   // LONG_BINGET

	// Names and what stands for calls of them.
	'c':  pushGlobal,
	0x93: pushStackGlobal,
	'Q':  pushReference, // BINPERSID
	'R':  reduce,
	0x81: refuseObject,                                             // NEWOBJ
	'b':  func(m *machine) error { _, err := m.pop(); return err }, // BUILD sets attributes, which tensors can do without
}

func skipBytes(m *machine, n int) error {
	_, err := m.bytes(n)
	return err
}

func pushIf(m *machine, v any, err error) error {
	if err != nil {
		return err
	}
	return m.push(v)
}

func pushUint(m *machine, size int) error {
	v, err := m.uint(size)
	return pushIf(m, int64(v), err)
}

func pushLong(m *machine) error {
	n, err := m.uint(1)
	if err != nil {
		return err
	}
	v, err := m.long(int(n))
	return pushIf(m, v, err)
}

func appendTo(m *machine, items []any, err error) error {
	if err != nil {
		return err
	}
	l, ok := m.top().(*list)
	if !ok {
		return array.Bad("pickle: items for a list, but there is none")
	}
	l.items = append(l.items, items...)
	return nil
}

func setIn(m *machine, items []any, err error) error {
	if err != nil {
		return err
	}
	d, ok := m.top().(*dict)
	if !ok {
		return array.Bad("pickle: items for a dictionary, but there is none")
	}
	return d.add(items)
}

func remember(m *machine, key uint64, err error) error {
	if err != nil {
		return err
	}
	if len(m.stack) == 0 {
		return array.Bad("pickle: the stack is empty")
	}
	m.memo[uint32(key)] = m.top()
	return nil
}

func recall(m *machine, key uint64, err error) error {
	if err != nil {
		return err
	}
	v, ok := m.memo[uint32(key)]
	if !ok {
		return array.Bad("pickle: nothing is remembered under %d", key)
	}
	return m.push(v)
}

func pushGlobal(m *machine) error {
	module, err := m.line()
	if err != nil {
		return err
	}
	name, err := m.line()
	return pushIf(m, global(module+"."+name), err)
}

func pushStackGlobal(m *machine) error {
	items, err := m.popN(2)
	if err != nil {
		return err
	}
	module, ok1 := items[0].(string)
	name, ok2 := items[1].(string)
	if !ok1 || !ok2 {
		return array.Bad("pickle: a name that is not a string")
	}
	return m.push(global(module + "." + name))
}

func pushReference(m *machine) error {
	id, err := m.pop()
	if err != nil {
		return err
	}
	s, err := m.reference(id)
	return pushIf(m, s, err)
}

// reduce stands for a call in Python. It knows what a few functions would return and calls none.
func reduce(m *machine) error {
	items, err := m.popN(2)
	if err != nil {
		return err
	}
	function, ok1 := items[0].(global)
	args, ok2 := items[1].(tuple)
	if !ok1 || !ok2 {
		return array.Bad("pickle: a call of something that is not a function")
	}
	var v any
	switch function {
	case "collections.OrderedDict":
		v, err = ordered(args)
	case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2":
		v, err = rebuild(args)
	case "torch._utils._rebuild_parameter", "torch.Size":
		if len(args) == 0 {
			return array.Bad("pickle: %s of nothing", function)
		}
		v = args[0]
	default:
		return refuse(function)
	}
	return pushIf(m, v, err)
}

// refuseObject refuses to make an object of a class.
func refuseObject(m *machine) error {
	items, err := m.popN(2)
	if err != nil {
		return err
	}
	class, _ := items[0].(global)
	return refuse(class)
}

func refuse(name global) error {
	return array.Unsupported("pickle: it asks Python for %.200q, which is not done here; a dictionary of tensors is read, as torch.save(model.state_dict(), path) writes it", string(name))
}

// ordered makes an OrderedDict: an empty one, or one of a list of pairs, as Python 2 wrote it.
func ordered(args tuple) (*dict, error) {
	d := &dict{}
	if len(args) == 0 {
		return d, nil
	}
	pairs, ok := args[0].(*list)
	if !ok {
		return nil, array.Bad("pickle: an OrderedDict of something that is not a list")
	}
	for _, item := range pairs.items {
		var pair []any
		switch item := item.(type) {
		case *list:
			pair = item.items
		case tuple:
			pair = item
		}
		if len(pair) != 2 {
			return nil, array.Bad("pickle: an OrderedDict of something that is not pairs")
		}
		if err := d.add(pair); err != nil {
			return nil, err
		}
	}
	return d, nil
}
