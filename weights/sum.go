package weights

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Sum returns the SHA-256, in hex, of the network's preprocessing and numbers, whatever file they came from.
func (n *Network) Sum() string {
	sum := sha256.New()
	binary.Write(sum, binary.LittleEndian, n.Input) // a hash does not fail
	for _, c := range n.Convs {
		binary.Write(sum, binary.LittleEndian, c.Kernel)
		binary.Write(sum, binary.LittleEndian, c.Bias)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
