package main

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/FerretDB/wire"
	"github.com/FerretDB/wire/wirebson"
)

const expireAfterSeconds = "expireAfterSeconds"

// ttlIndexes takes expireAfterSeconds out of createIndexes, which FerretDB would refuse, and puts it back into what
// listIndexes answers, until the process ends. Nothing expires: that MongoDB deletes is for a real server to show.
type ttlIndexes struct {
	mutex   sync.Mutex
	seconds map[string]any // by database, collection and name of the index
}

// forBackend returns the request as FerretDB can take it.
func (t *ttlIndexes) forBackend(command string, request []byte) ([]byte, error) {
	if command != "createIndexes" {
		return request, nil
	}
	document, err := decode(request)
	if err != nil {
		return nil, err
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for index, key := range indexesOf(document, document.Get("indexes"), command) {
		delete(t.seconds, key)
		if seconds := index.Get(expireAfterSeconds); seconds != nil {
			t.seconds[key] = seconds
			index.Remove(expireAfterSeconds)
		}
	}
	return encode(request, document)
}

// forClient returns the reply as MongoDB would have given it.
func (t *ttlIndexes) forClient(command string, request, reply []byte) ([]byte, error) {
	if command != "listIndexes" {
		return reply, nil
	}
	asked, err := decode(request)
	if err != nil {
		return nil, err
	}
	answer, err := decode(reply)
	if err != nil {
		return nil, err
	}
	cursor, ok := answer.Get("cursor").(*wirebson.Document)
	if !ok {
		return reply, nil // an error, such as a collection that does not exist
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for index, key := range indexesOf(asked, cursor.Get("firstBatch"), command) {
		if seconds := t.seconds[key]; seconds != nil {
			if err := index.Add(expireAfterSeconds, seconds); err != nil {
				return nil, err
			}
		}
	}
	return encode(reply, answer)
}

// indexesOf maps each index description in list to its key in ttlIndexes.
func indexesOf(request *wirebson.Document, list any, command string) map[*wirebson.Document]string {
	keys := map[*wirebson.Document]string{}
	indexes, ok := list.(*wirebson.Array)
	if !ok {
		return keys
	}
	for i := range indexes.Len() {
		if index, ok := indexes.Get(i).(*wirebson.Document); ok {
			keys[index] = fmt.Sprintf("%v.%v %v", request.Get("$db"), request.Get(command), index.Get("name"))
		}
	}
	return keys
}

func decode(message []byte) (*wirebson.Document, error) {
	var body wire.OpMsg
	if err := body.UnmarshalBinaryNocopy(message[headerLength:]); err != nil {
		return nil, err
	}
	document, err := body.RawDocument()
	if err != nil {
		return nil, err
	}
	return document.DecodeDeep()
}

// encode returns message with another document and the ids it had.
func encode(message []byte, document *wirebson.Document) ([]byte, error) {
	body, err := wire.NewOpMsg(document)
	if err != nil {
		return nil, err
	}
	bytes, err := body.MarshalBinary()
	if err != nil {
		return nil, err
	}
	changed := append(append([]byte{}, message[:headerLength]...), bytes...)
	binary.LittleEndian.PutUint32(changed, uint32(len(changed)))
	return changed, nil
}
