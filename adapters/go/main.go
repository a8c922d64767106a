// A macproof adapter for Go 1.19: the SDK first, the adapter below it. Standard library only.
package main

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ---- The SDK: replace this part by yours -------------------------------------------------------

// ErrEmptySecret is the documented error for a configuration that cannot sign.
var ErrEmptySecret = errors.New("the secret is empty")

var unixSeconds = regexp.MustCompile(`^(0|[1-9][0-9]*)$`) // without (?m), $ is the end of the text only

// Sign returns the token of an identity; only Jimo uses the timestamp.
func Sign(system string, secret, id []byte, timestamp uint64) (string, error) {
	return tokenOf(system, secret, id, strconv.FormatUint(timestamp, 10))
}

// Verify reports whether token is the token of an identity, in its one canonical form.
func Verify(system string, secret, id []byte, token string) (bool, error) {
	seconds := token[strings.LastIndexByte(token, '-')+1:] // stays text: parsing would take "+7" and "007"
	expected, err := tokenOf(system, secret, id, seconds)
	if err != nil || system == "jimo" && !unixSeconds.MatchString(seconds) {
		return false, err
	}
	return equal([]byte(token), []byte(expected)), nil
}

var equal = hmac.Equal // takes as long wherever the two differ; == does not

func tokenOf(system string, secret, id []byte, time string) (string, error) {
	if len(secret) == 0 {
		return "", ErrEmptySecret
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(id)
	switch system {
	case "jimo":
		mac.Write([]byte("-" + time))
		return hex.EncodeToString(mac.Sum(nil)) + "-" + time, nil
	case "engagespot":
		return base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
	}
	return hex.EncodeToString(mac.Sum(nil)), nil
}

// ---- The adapter: one JSON object a line, on stdin and stdout ----------------------------------

const hello = `{"protocol":1,"implementation":{"name":"macproof-example-go","version":"1.0.0","language":"go"},` +
	`"suites":["jotreview","prefinery","jimo","engagespot","mtribes"],"ops":["sign","verify","compare"],"clock":"injected",` +
	`"inputs":["text","bytes","number","json"],"max_in_flight":256}`

var identityFields = map[string]string{
	"jotreview": "user_id", "prefinery": "identifier", "jimo": "user_id", "engagespot": "user_id", "mtribes": "user_id",
}

type request struct {
	ID              json.RawMessage
	Op, Suite       string
	Secret, Token   any
	Secrets, Fields map[string]any
	Repeat          *int
	Left, Right     string
}

func (r request) repeat() int {
	if r.Repeat == nil {
		return 1
	}
	return *r.Repeat
}

// compare compares eight copies in turn, so that nobody can compare once and remember.
func (r request) compare() bool {
	var lefts [8][]byte
	for i := range lefts {
		lefts[i] = []byte(r.Left)
	}
	right, equals := []byte(r.Right), 0
	for i := 0; i < r.repeat(); i++ {
		if equal(lefts[i%8], right) {
			equals++
		}
	}
	return equals == r.repeat()
}

// result gives the one result that an answer holds: its kind, what it says, and how many of the calls accepted.
func (r request) result() (kind, text string, count int) {
	defer func() {
		if p := recover(); p != nil {
			kind, text, count = "threw", fmt.Sprintf("%T: %v", p, p), 0
		}
	}()
	field, known := identityFields[r.Suite]
	if !known || r.Op != "sign" && r.Op != "verify" {
		return "unsupported", r.Op + " for " + r.Suite, 0
	}
	if r.Secrets != nil {
		platform, _ := r.Fields["platform"].(string)
		r.Secret = r.Secrets[platform]
	}
	secret, id := bytesOf(r.Secret), bytesOf(r.Fields[field])
	seconds, _ := r.Fields["timestamp"].(json.Number)
	timestamp, err := strconv.ParseUint(string(seconds), 10, 63)
	switch {
	case secret == nil || id == nil:
		return "refused", "the secret or the identity is missing or not text", 0
	case r.Op == "sign" && r.Suite == "jimo" && err != nil:
		return "refused", "the timestamp is not a whole number of seconds", 0
	case r.Op == "sign":
		kind = "token"
		text, err = Sign(r.Suite, secret, id, timestamp)
	default:
		var accepted bool
		token, _ := r.Token.(string) // what is no text becomes the empty token, which nothing accepts
		for i := 0; i < r.repeat(); i++ {
			if accepted, err = Verify(r.Suite, secret, id, token); accepted {
				count++
			}
		}
		kind, text = "outcome", map[bool]string{true: "accept", false: "reject"}[accepted]
	}
	if err != nil {
		return "refused", err.Error(), 0
	}
	return kind, text, count
}

// bytesOf gives text as UTF-8, {"base64": "..."} as its bytes, a whole number as its decimal text; nil for all else.
func bytesOf(value any) []byte {
	switch v := value.(type) {
	case string:
		return []byte(v)
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return []byte(v)
		}
	case map[string]any:
		text, isText := v["base64"].(string)
		if raw, err := base64.StdEncoding.DecodeString(text); isText && err == nil {
			return raw
		}
	}
	return nil
}

// flushing writes out every answer before it waits for more requests.
type flushing struct{ answers *bufio.Writer }

func (f flushing) Read(p []byte) (int, error) {
	if err := f.answers.Flush(); err != nil {
		return 0, err
	}
	return os.Stdin.Read(p)
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	requests, answers := json.NewDecoder(flushing{out}), json.NewEncoder(out)
	requests.UseNumber() // a float64 would print 1741761604 as 1.741761604e+09
	for {
		var r request
		if err := requests.Decode(&r); err == io.EOF || r.Op == "bye" {
			return
		} else if err != nil {
			panic(err)
		}
		if r.Op == "hello" {
			fmt.Fprintln(out, hello)
			continue
		}
		if r.Op == "compare" {
			answers.Encode(map[string]any{"id": r.ID, "equal": r.compare()})
			continue
		}
		kind, text, count := r.result()
		answer := map[string]any{"id": r.ID, kind: text}
		if r.Repeat != nil {
			answer["accepted"] = count
		}
		answers.Encode(answer)
	}
}

// ---- Planted leaks, for `macproof timing` to find; drop this part -------------------------------

func init() {
	if len(os.Args) == 3 && os.Args[1] == "--leak" {
		equal = leaky(os.Args[2])
	}
}

func leaky(name string) func(one, other []byte) bool {
	switch name {
	case "early-exit":
		return earlyExit
	case "early-exit-raw": // over the bytes that hex stands for
		return func(one, other []byte) bool {
			a, _ := hex.DecodeString(string(one))
			b, _ := hex.DecodeString(string(other))
			return earlyExit(a, b)
		}
	case "equality":
		return func(one, other []byte) bool { return string(one) == string(other) }
	}
	delay, err := time.ParseDuration(name)
	if err != nil {
		panic(err)
	}
	return slowerWhenTheFirstMatches(delay)
}

func earlyExit(one, other []byte) bool {
	for i := range one {
		if i >= len(other) || one[i] != other[i] {
			return false
		}
	}
	return len(one) == len(other)
}

func slowerWhenTheFirstMatches(delay time.Duration) func(one, other []byte) bool {
	var owed time.Duration
	return func(one, other []byte) bool {
		owed += 300 // all wait: what that costs besides is the same for all
		if len(one) > 0 && len(other) > 0 && one[0] == other[0] {
			owed += delay
		}
		start, waited := time.Now(), time.Duration(0)
		for waited < owed {
			waited = time.Since(start)
		}
		owed -= waited
		if owed < -1000 { // too long is made up for, unless the system took the time
			owed = -1000
		}
		return hmac.Equal(one, other)
	}
}
