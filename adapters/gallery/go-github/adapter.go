// `go-github`: ValidateSignature verifies; nothing signs.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/google/go-github/github"
)

func main() {
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var request struct {
			ID     uint64            `json:"id"`
			Op     string            `json:"op"`
			Secret string            `json:"secret"`
			Fields map[string]string `json:"fields"`
			Token  string            `json:"token"`
		}
		if err := json.Unmarshal(line, &request); err != nil {
			panic(err)
		}
		switch request.Op {
		case "hello":
			answer(map[string]any{
				"protocol":       1,
				"max_in_flight":  64,
				"implementation": map[string]string{"name": "go-github", "version": "48.1.0", "language": "go", "notes": "Go module; ValidateSignature"},
				"suites":         []string{"github-webhook"},
				"ops":            []string{"verify"},
			})
		case "bye":
			return
		default:
			result := map[string]any{"id": request.ID, "outcome": "accept"}
			payload, secret := []byte(request.Fields["payload"]), []byte(request.Secret)
			if err := github.ValidateSignature(request.Token, payload, secret); err != nil {
				result["outcome"], result["code"] = "reject", err.Error()
			}
			answer(result)
		}
	}
}

func answer(result map[string]any) {
	line, err := json.Marshal(result)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}
