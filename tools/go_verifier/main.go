// Checks what govflow signs and proves with the libraries of Go's own checksum database, which share no line with it.
//
//	go_verifier proof VKEY < FILE.tlog-proof          is this leaf in the signed tree?
//	go_verifier consistency VKEY < FILE.json          does the newer signed tree begin with the older one?
//
// It prints one line and exits 0 where it holds, 1 where it does not.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type head struct {
	origin string
	size   int64
	root   tlog.Hash
}

// opened is the head that a signed note states, if the key has signed it.
func opened(signed []byte, vkey string) (head, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return head{}, err
	}
	found, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return head{}, err
	}
	lines := strings.Split(found.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return head{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return head{}, errors.New("no size")
	}
	root, err := tlog.ParseHash(lines[2])
	return head{lines[0], size, root}, err
}

func hashes(lines []string) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		found = append(found, hash)
	}
	return found, nil
}

// proof checks a file of c2sp.org/tlog-proof@v1 whose extra data is the leaf itself.
func proof(raw []byte, vkey string) (string, error) {
	top, signed, found := bytes.Cut(raw, []byte("\n\n"))
	lines := strings.Split(string(top), "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("no tlog-proof")
	}
	leaf, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return "", err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return "", err
	}
	path, err := hashes(lines[3:])
	if err != nil {
		return "", err
	}
	tree, err := opened(signed, vkey)
	if err != nil {
		return "", err
	}
	if err := tlog.CheckRecord(path, tree.size, tree.root, index, tlog.RecordHash(leaf)); err != nil {
		return "", err
	}
	return fmt.Sprintf("leaf %d is in the tree of %d of %s", index, tree.size, tree.origin), nil
}

// consistency checks {"old": note, "new": note, "proof": [base64, …]}.
func consistency(raw []byte, vkey string) (string, error) {
	var given struct {
		Old, New string
		Proof    []string
	}
	if err := json.Unmarshal(raw, &given); err != nil {
		return "", err
	}
	older, err := opened([]byte(given.Old), vkey)
	if err != nil {
		return "", err
	}
	newer, err := opened([]byte(given.New), vkey)
	if err != nil {
		return "", err
	}
	path, err := hashes(given.Proof)
	if err != nil {
		return "", err
	}
	if err := tlog.CheckTree(path, newer.size, newer.root, older.size, older.root); err != nil {
		return "", err
	}
	return fmt.Sprintf("the tree of %d begins with the one of %d of %s", newer.size, older.size, newer.origin), nil
}

func main() {
	kinds := map[string]func([]byte, string) (string, error){"proof": proof, "consistency": consistency}
	if len(os.Args) != 3 || kinds[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "go_verifier proof|consistency VKEY < FILE")
		os.Exit(2)
	}
	raw, err := io.ReadAll(os.Stdin)
	if err == nil {
		var said string
		if said, err = kinds[os.Args[1]](raw, os.Args[2]); err == nil {
			fmt.Println(said)
			return
		}
	}
	fmt.Println("REFUSED:", err)
	os.Exit(1)
}
