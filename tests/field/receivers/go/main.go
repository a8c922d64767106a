// A webhook receiver in Go: over the body as it was read, or over the bound one marshalled again.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
)

func main() {
	mode, port := os.Args[1], os.Args[2]
	secret := []byte(os.Getenv("HOOK_SECRET"))
	http.HandleFunc("/hook", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && mode == "wrong" {
			var bound any
			if err = json.Unmarshal(body, &bound); err == nil {
				body, err = json.Marshal(bound)
			}
		}
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		mac := hmac.New(sha256.New, secret)
		mac.Write(body)
		due := "sha256=" + hex.EncodeToString(mac.Sum(nil))
		if !hmac.Equal([]byte(due), []byte(r.Header.Get("X-Hub-Signature-256"))) {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	if err := http.ListenAndServe("127.0.0.1:"+port, nil); err != nil {
		os.Exit(1)
	}
}
