// mtribes, "How does Trusted Identity work", in Go: signs a user's id for the platform that the
// user is on.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
)

var secrets = map[string]string{
	"ios":     os.Getenv("MTRIBES_IOS_SECRET"),
	"android": os.Getenv("MTRIBES_ANDROID_SECRET"),
	"web":     os.Getenv("MTRIBES_WEB_SECRET"),
}

func signed(w http.ResponseWriter, r *http.Request) {
	var call struct {
		UserID   string `json:"user_id"`
		Platform string `json:"platform"`
	}
	w.Header().Set("content-type", "application/json")
	if json.NewDecoder(r.Body).Decode(&call) != nil || call.UserID == "" {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"log in first"}`)
		return
	}
	secret, known := secrets[call.Platform]
	if !known || secret == "" {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"unknown platform"}`)
		return
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(call.UserID))
	json.NewEncoder(w).Encode(map[string]string{"signed": hex.EncodeToString(mac.Sum(nil))})
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	http.HandleFunc("/signed", signed)
	fmt.Printf("http://%s\n", listener.Addr())
	http.Serve(listener, nil)
}
