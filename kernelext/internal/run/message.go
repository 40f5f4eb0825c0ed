package run

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/go-zeromq/zmq4"
)

// message is a message of the Jupyter protocol, version 5.
type message struct {
	Header, Parent header
	Content        json.RawMessage
}

type header struct {
	ID       string `json:"msg_id"`
	Type     string `json:"msg_type"`
	Username string `json:"username"`
	Session  string `json:"session"`
	Version  string `json:"version"`
	Date     string `json:"date"`
}

const delimiter = "<IDS|MSG>"

// newMessage writes a signed request and returns it with its id.
func newMessage(key []byte, session, kind string, content any) (zmq4.Msg, string, error) {
	h := header{randomID(), kind, "stylenet", session, "5.3", time.Now().UTC().Format(time.RFC3339)}
	head, err := json.Marshal(h)
	if err != nil {
		return zmq4.Msg{}, "", err
	}
	body, err := json.Marshal(content)
	if err != nil {
		return zmq4.Msg{}, "", err
	}
	parts := [][]byte{head, []byte("{}"), []byte("{}"), body}
	frames := append([][]byte{[]byte(delimiter), signature(key, parts)}, parts...)
	return zmq4.NewMsgFrom(frames...), h.ID, nil
}

// parseMessage reads a message from the kernel and checks its signature.
func parseMessage(key []byte, raw zmq4.Msg) (message, error) {
	frames := raw.Frames
	for len(frames) > 0 && string(frames[0]) != delimiter {
		frames = frames[1:] // whom the message is for
	}
	if len(frames) < 6 {
		return message{}, errors.New("the kernel sent a message with too few parts")
	}
	parts := frames[2:6]
	if !hmac.Equal(signature(key, parts), frames[1]) {
		return message{}, errors.New("the kernel sent a message with a wrong signature")
	}
	var m message
	for i, field := range []any{&m.Header, &m.Parent, nil, &m.Content} {
		if field == nil {
			continue
		}
		if err := json.Unmarshal(parts[i], field); err != nil {
			return message{}, fmt.Errorf("the kernel sent a message that is not JSON: %w", err)
		}
	}
	return m, nil
}

func signature(key []byte, parts [][]byte) []byte {
	mac := hmac.New(sha256.New, key)
	for _, part := range parts {
		mac.Write(part)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// randomID returns 128 random bits in hex.
func randomID() string {
	id := make([]byte, 16)
	rand.Read(id) // never fails, by its own promise
	return hex.EncodeToString(id)
}
