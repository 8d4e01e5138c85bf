package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
)

// A gate stands between clients and FerretDB and makes good two things that MongoDB does and FerretDB 1.24 does not.
//
//  1. MongoDB changes one document atomically. FerretDB reads it, then writes it, so that fifty parallel increments
//     arrive as one and eight compare-and-sets of fifty win. The gate lets one writing command through at a time.
//     Commands of one client still mingle with those of others, so a race in the application stays a race.
//  2. FerretDB refuses an index that expires documents. See ttl.go.
type gate struct {
	socket  string
	writing sync.Mutex
	ttl     ttlIndexes
}

func newGate(socket string) *gate {
	return &gate{socket: socket, ttl: ttlIndexes{seconds: map[string]any{}}}
}

func (g *gate) serve(front net.Listener) {
	for {
		client, err := front.Accept()
		if err != nil {
			return
		}
		go g.relay(client)
	}
}

// relay passes requests and replies of one connection until either side ends it.
func (g *gate) relay(client net.Conn) {
	defer client.Close()
	backend, err := net.Dial("unix", g.socket)
	if err != nil {
		return
	}
	defer backend.Close()
	for {
		request, err := readMessage(client)
		if err != nil {
			return
		}
		reply, err := g.exchange(backend, request)
		if err != nil {
			return
		}
		if _, err = client.Write(reply); err != nil {
			return
		}
	}
}

// exchange sends one request and reads its reply, which is empty for an unacknowledged write.
func (g *gate) exchange(backend net.Conn, request []byte) ([]byte, error) {
	command := commandName(request)
	if isWrite[command] {
		g.writing.Lock()
		defer g.writing.Unlock()
	}
	request, err := g.ttl.forBackend(command, request)
	if err != nil {
		return nil, err
	}
	if _, err = backend.Write(request); err != nil || wantsNoReply(request) {
		return nil, err
	}
	reply, err := readMessage(backend)
	if err != nil {
		return nil, err
	}
	return g.ttl.forClient(command, request, reply)
}

var isWrite = map[string]bool{
	"insert": true, "update": true, "delete": true, "findAndModify": true, "findandmodify": true, "bulkWrite": true,
	"create": true, "createIndexes": true, "drop": true, "dropIndexes": true, "dropDatabase": true,
}

// --- the wire protocol: a header of 16 bytes (length, ids, opcode), then for OP_MSG flags and sections ---

const (
	headerLength     = 16
	maxMessageLength = 48_000_000
	opMsg            = 2013
	moreToCome       = 1 << 1
	// Header, flags, kind of the first section, length of its document, type of the document's first field.
	commandNameStart = headerLength + 4 + 1 + 4 + 1
)

func readMessage(from io.Reader) ([]byte, error) {
	header := make([]byte, headerLength)
	if _, err := io.ReadFull(from, header); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(header)
	if length < headerLength || length > maxMessageLength {
		return nil, errors.New("message length out of range")
	}
	message := append(header, make([]byte, length-headerLength)...)
	_, err := io.ReadFull(from, message[headerLength:])
	return message, err
}

// commandName is the first field of the command document; drivers put that document first.
func commandName(message []byte) string {
	if !isOpMsg(message) || len(message) <= commandNameStart {
		return ""
	}
	name, _, _ := bytes.Cut(message[commandNameStart:], []byte{0})
	return string(name)
}

func isOpMsg(message []byte) bool {
	return binary.LittleEndian.Uint32(message[12:]) == opMsg
}

func wantsNoReply(message []byte) bool {
	return isOpMsg(message) && binary.LittleEndian.Uint32(message[headerLength:])&moreToCome != 0
}
