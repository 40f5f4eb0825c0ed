//go:build !linux

package programcache

import "errors"

// aboutFile returns an error.
func aboutFile(string) (string, error) {
	return "", errors.New("programs are kept on Linux only, which says what processor there is")
}
