package torch

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"

	"stylenet/weights/internal/array"
)

// What a pickle can make here, beside string, int64, float64, bool, nil, *storage and *tensor.
type (
	tuple  []any
	list   struct{ items []any }
	dict   struct{ keys, values []any }
	global string   // "torch.FloatStorage": a name in a Python module; only a few are known
	bigInt string   // an integer of more than 8 bytes, as its little-endian bytes
	mark   struct{} // on the stack, where a run of items starts
)

// get returns the value of a key, nil where there is none.
func (d *dict) get(key string) any {
	for i, k := range d.keys {
		if k == key {
			return d.values[i]
		}
	}
	return nil
}

// add puts keys and values, which alternate, into the dictionary.
func (d *dict) add(items []any) error {
	if len(items)%2 != 0 {
		return array.Bad("pickle: a key without a value")
	}
	for i := 0; i < len(items); i += 2 {
		d.keys, d.values = append(d.keys, items[i]), append(d.values, items[i+1])
	}
	return nil
}

// The limits are far above what a network needs: VGG-19's pickle has about 1500 operations and 4 kB.
const (
	maxBytes  = 16 << 20 // of all pickles of a file
	maxString = 1 << 16
	maxStack  = 1 << 16
)

// machine runs pickles.
type machine struct {
	r        *bufio.Reader
	left     int // bytes it may still read
	stack    []any
	memo     map[uint32]any
	storages map[string]*storage // all that were referred to, by key
}

func newMachine(r *bufio.Reader) *machine {
	return &machine{r: r, left: maxBytes, storages: map[string]*storage{}}
}

// run reads one pickle and returns what it makes.
func (m *machine) run() (any, error) {
	m.stack, m.memo = nil, map[uint32]any{}
	for {
		code, err := m.uint(1)
		if err != nil {
			return nil, err
		}
		if code == '.' {
			return m.pop()
		}
		operate := operations[byte(code)]
		if operate == nil {
			return nil, array.Unsupported("pickle: operation 0x%02x, which a dictionary of tensors does not need", code)
		}
		if err := operate(m); err != nil {
			return nil, err
		}
		if len(m.stack) > maxStack {
			return nil, array.Unsupported("pickle: more than %d values on the stack", maxStack)
		}
	}
}

// bytes reads n bytes.
func (m *machine) bytes(n int) ([]byte, error) {
	if n > maxString || n > m.left {
		return nil, array.Unsupported("pickle: a string of %d bytes or a pickle of more than %d", n, maxBytes)
	}
	m.left -= n
	b := make([]byte, n)
	if _, err := io.ReadFull(m.r, b); err != nil {
		return nil, array.Bad("pickle: %v", err)
	}
	return b, nil
}

// uint reads a little-endian unsigned integer of up to 8 bytes.
func (m *machine) uint(size int) (uint64, error) {
	b, err := m.bytes(size)
	if err != nil {
		return 0, err
	}
	var wide [8]byte
	copy(wide[:], b)
	return binary.LittleEndian.Uint64(wide[:]), nil
}

// string reads a string after its length, which takes the given number of bytes.
func (m *machine) string(lengthSize int) (string, error) {
	n, err := m.uint(lengthSize)
	if err != nil {
		return "", err
	}
	b, err := m.bytes(int(min(n, maxString+1)))
	return string(b), err
}

// line reads up to a line feed.
func (m *machine) line() (string, error) {
	var text []byte
	for {
		b, err := m.bytes(1)
		if err != nil {
			return "", err
		}
		if b[0] == '\n' {
			return string(text), nil
		}
		if text = append(text, b[0]); len(text) > 1000 {
			return "", array.Bad("pickle: a line without end")
		}
	}
}

func (m *machine) push(v any) error {
	m.stack = append(m.stack, v)
	return nil
}

func (m *machine) pop() (any, error) {
	items, err := m.popN(1)
	if err != nil {
		return nil, err
	}
	return items[0], nil
}

// popN takes the last n values off the stack.
func (m *machine) popN(n int) ([]any, error) {
	rest := len(m.stack) - n
	if rest < 0 {
		return nil, array.Bad("pickle: the stack is empty")
	}
	items := append([]any(nil), m.stack[rest:]...)
	m.stack = m.stack[:rest]
	return items, nil
}

// popMark takes the values down to the last mark off the stack, and the mark.
func (m *machine) popMark() ([]any, error) {
	for i := len(m.stack) - 1; i >= 0; i-- {
		if m.stack[i] == (mark{}) {
			items, err := m.popN(len(m.stack) - 1 - i)
			m.stack = m.stack[:i]
			return items, err
		}
	}
	return nil, array.Bad("pickle: no mark on the stack")
}

// top returns the last value on the stack and leaves it there; nil where there is none.
func (m *machine) top() any {
	if len(m.stack) == 0 {
		return nil
	}
	return m.stack[len(m.stack)-1]
}

// long reads a signed integer of n little-endian bytes.
func (m *machine) long(n int) (any, error) {
	b, err := m.bytes(n)
	if err != nil || n > 8 {
		return bigInt(b), err
	}
	var wide [8]byte
	if n > 0 && b[n-1]&0x80 != 0 {
		for i := range wide {
			wide[i] = 0xff
		}
	}
	copy(wide[:], b)
	return int64(binary.LittleEndian.Uint64(wide[:])), nil
}

// float reads a big-endian double.
func (m *machine) float() (float64, error) {
	b, err := m.bytes(8)
	if err != nil {
		return 0, err
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
}
