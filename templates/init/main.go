// Connects macproof to your code: `macproof run` builds and starts it, as macproof.yaml says.
// Each line on stdin and stdout is one JSON object: print nothing else to stdout.
package main

import (
{%- if computed %}
	"crypto/hmac"
	"crypto/sha256"
{%- else %}
	"crypto/hmac"
{%- endif %}
{%- if base64 %}
	"encoding/base64"
{%- endif %}
{%- if hex %}
	"encoding/hex"
{%- endif %}
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
{%- if times %}
	"regexp"
	"strings"
{%- endif %}
)

// ---- Yours: fill in ----------------------------------------------------------------------------
// It works as generated, so the first run passes, but it tests none of your code until sign and
// verify call it. Then remove tokenOf.

// refused is the error to return if your code refuses an input with a documented error.
type refused string

func (r refused) Error() string { return string(r) }
{%- if left %}

// fillIn is returned by code that is not implemented yet.
type fillIn string

func (f fillIn) Error() string { return string(f) }
{%- endif %}

// sign gives the token of these fields.
// Fill in, as in: return acme.Sign(secret, fields["{{ field }}"])
func sign(suite, secret string, fields map[string]string) (string, error) {
	return tokenOf(suite, secret, fields)
}

// verify says whether the token is accepted for these fields, at the time now in Unix seconds:
// false if your code returns its documented error for a bad signature; return any other error.
func verify(suite, secret string, fields map[string]string, token string, now int64) (bool, error) {
{%- for s in suites %}{% if let Some(carried) = s.carried %}
	if suite == "{{ s.name }}" {
		time := token // stays text: parsing also takes "+7" and "007"
		if at := strings.LastIndex(token, "{{ carried.separator }}"); at >= 0 {
			time = token[at+{{ carried.separator.len() }}:]
		}
		if !unixSeconds.MatchString(time) {
			return false, nil
		}
		fields["{{ carried.field }}"] = time
	}
{%- endif %}{% endfor %}
	expected, err := tokenOf(suite, secret, fields)
	return err == nil && hmac.Equal([]byte(expected), []byte(token)), err
}
{% if times %}
// Without (?m), $ is the end of the text only.
var unixSeconds = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)
{% endif %}
func tokenOf(suite, secret string, fields map[string]string) (string, error) {
	if secret == "" {
		return "", refused("there is no secret")
	}
	switch suite {
{%- for s in suites %}
	case "{{ s.name }}":
{%- if let Some(token) = s.token %}
		return {{ token|indent("\t\t") }}, nil
{%- else %}
		return "", fillIn("fill in sign and verify of {{ s.name }} in {{ path }}")
{%- endif %}{% endfor %}
	}
	return "", errors.New(suite)
}
{% if computed %}
func mac(secret, message string) []byte {
	hash := hmac.New(sha256.New, []byte(secret))
	hash.Write([]byte(message))
	return hash.Sum(nil)
}
{% endif %}
// ---- The adapter: set your name and version, and keep the rest ---------------------------------

var hello = map[string]any{
	"protocol":       1,
	"implementation": map[string]string{"name": "{{ implementation }}", "version": "0", "language": "go"},
	"suites":         []string{ {{- names -}} },
	"ops":            []string{"sign", "verify"}, // take out what your code does not do
	"inputs":         []string{"text"},           // not "number": the fields here are strings
	"max_in_flight":  64,
}

type request struct {
	ID                       json.RawMessage
	Op, Suite, Secret, Token string
	Secrets                  map[string]string
	Fields                   map[string]any
	Now                      int64
	Repeat                   int
}

// answer gives the kind of the result, what it says, and how many of the calls accepted.
func answer(r request) (kind, text string, count int) {
	defer func() {
		if p := recover(); p != nil {
			kind, text, count = "threw", fmt.Sprint("panic: ", p), 0
		}
	}()
	fields := map[string]string{}
	for name, value := range r.Fields {
		fields[name] = fmt.Sprint(value) // texts as they are, times in decimal
	}
{%- for s in suites %}{% if let Some(per) = s.per %}
	if r.Suite == "{{ s.name }}" {
		r.Secret = r.Secrets[fields["{{ per }}"]]
	}
{%- endif %}{% endfor %}
	var err error
	if r.Op == "sign" {
		kind = "token"
		text, err = sign(r.Suite, r.Secret, fields)
	} else {
		var accepted bool
		for i := 0; i == 0 || i < r.Repeat; i++ {
			if accepted, err = verify(r.Suite, r.Secret, fields, r.Token, r.Now); accepted {
				count++
			}
		}
		kind, text = "outcome", map[bool]string{true: "accept", false: "reject"}[accepted]
	}
	var declined refused
{%- if left %}
	var missing fillIn
	if errors.As(err, &missing) {
		return "unsupported", missing.Error(), 0
	}
{%- endif %}
	if errors.As(err, &declined) {
		return "refused", declined.Error(), 0
	} else if err != nil {
		return "threw", err.Error(), 0
	}
	return kind, text, count
}

func main() {
	requests, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	requests.UseNumber() // a float64 would print 1741761604 as 1.741761604e+09
	for {
		var r request
		if err := requests.Decode(&r); err == io.EOF || r.Op == "bye" {
			return
		} else if err != nil {
			panic(err)
		}
		if r.Op == "hello" {
			answers.Encode(hello)
			continue
		}
		kind, text, count := answer(r)
		answers.Encode(map[string]any{"id": r.ID, kind: text, "accepted": count})
	}
}
