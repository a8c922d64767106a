// A webhook receiver with Go's net/http: receiver MODE PORT.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	mode, port := os.Args[1], os.Args[2]
	secret := []byte(os.Getenv("HOOK_SECRET"))
	http.HandleFunc("/hook", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if mode == "json" || mode == "sprint" {
			var parsed any
			if json.Unmarshal(body, &parsed) != nil {
				w.WriteHeader(400)
				return
			}
			if mode == "json" {
				body, _ = json.Marshal(parsed)
			} else {
				body = []byte(fmt.Sprint(parsed))
			}
		}
		if mode == "compact" {
			var out bytes.Buffer
			if json.Compact(&out, body) != nil {
				w.WriteHeader(400)
				return
			}
			body = out.Bytes()
		}
		if mode == "trim" {
			body = []byte(strings.TrimSpace(string(body)))
		}
		function := func() hash.Hash { return sha256.New() }
		if mode == "sha1" {
			function = func() hash.Hash { return sha1.New() }
		}
		mac := hmac.New(function, secret)
		mac.Write(body)
		due := "sha256=" + hex.EncodeToString(mac.Sum(nil))
		if mode == "base64" {
			due = "sha256=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		}
		if hmac.Equal([]byte(due), []byte(r.Header.Get("X-Hub-Signature-256"))) {
			w.WriteHeader(200)
		} else {
			w.WriteHeader(401)
		}
	})
	panic(http.ListenAndServe("127.0.0.1:"+port, nil))
}
