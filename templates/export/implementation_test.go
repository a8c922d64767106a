package {% if let Some(package) = package %}{{ package }}{% else %}vectors{% endif %}

// This connects the vectors of {{ name }} to your code. It is yours: it is never overwritten.
//
{%- if let Some(_) = code.token %}
// It works as generated, so the first run passes, but it tests none of your code until sign and
// verify call it. Then remove {{ lower }}TokenOf.
{%- else %}
// Fill in sign and verify, and name them in {{ lower }}Ops. How tokens are made, this says:
// macproof suite show {{ name }}
{%- endif %}

import (
{%- if let Some(_) = code.token %}
	"crypto/hmac"
	"crypto/sha256"
{%- if code.is_hex %}
	"encoding/hex"
{%- else %}
	"encoding/base64"
{%- endif %}
{%- if let Some(_) = code.carried %}
	"regexp"
	"strings"
{%- endif %}
{%- else %}
	"errors"
{%- endif %}
)
{% if let Some(_) = code.token %}
var {{ lower }}Ops = []string{"sign", "verify"} // take out what your code does not do
{%- else %}
var {{ lower }}Ops = []string{} // "sign", "verify": what you have filled in
{%- endif %}

// Add "bytes" if your code is to take what is not UTF-8, too.
var {{ lower }}Inputs = []string{"text"}

// {{ lower }}Refused is the error to return if your code refuses an input by a documented one.
type {{ lower }}Refused string

func (r {{ lower }}Refused) Error() string { return string(r) }

// {{ lower }}Sign gives the token of these fields; a time is in decimal.
// Fill in, as in: return acme.Sign(secret, fields["{{ field }}"])
{%- if let Some(per) = code.per %}
func {{ lower }}Sign(secrets, fields map[string]string) (string, error) {
	secret := secrets[fields["{{ per }}"]]
{%- else %}
func {{ lower }}Sign(secret string, fields map[string]string) (string, error) {
{%- endif %}
{%- if let Some(_) = code.token %}
	return {{ lower }}TokenOf(secret, fields)
{%- else %}
	{% if let Some(_) = code.per %}_ = secret
	{% endif -%}
	return "", errors.New("not filled in")
{%- endif %}
}

// {{ lower }}Verify says whether the token is accepted for these fields, at the time now in Unix
// seconds: false if your code returns its documented error for a bad signature; return any other.
{%- if let Some(per) = code.per %}
func {{ lower }}Verify(
	secrets, fields map[string]string, token string, now int64,
) (bool, error) {
	secret := secrets[fields["{{ per }}"]]
{%- else %}
func {{ lower }}Verify(
	secret string, fields map[string]string, token string, now int64,
) (bool, error) {
{%- endif %}
{%- if let Some(_) = code.token %}
{%- if let Some(carried) = code.carried %}
	time := token // stays text: parsing also takes "+7" and "007"
	if at := strings.LastIndex(token, "{{ carried.separator }}"); at >= 0 {
		time = token[at+{{ carried.separator.len() }}:]
	}
	if !regexp.MustCompile(`^(0|[1-9][0-9]*)$`).MatchString(time) {
		return false, nil
	}
	fields["{{ carried.field }}"] = time
{%- endif %}
	expected, err := {{ lower }}TokenOf(secret, fields)
	return err == nil && hmac.Equal([]byte(expected), []byte(token)), err
{%- else %}
	{% if let Some(_) = code.per %}_ = secret
	{% endif -%}
	return false, errors.New("not filled in")
{%- endif %}
}
{%- if let Some(token) = code.token %}

func {{ lower }}TokenOf(secret string, fields map[string]string) (string, error) {
	if secret == "" {
		return "", {{ lower }}Refused("there is no secret")
	}
	mac := func(secret, message string) []byte {
		hash := hmac.New(sha256.New, []byte(secret))
		hash.Write([]byte(message))
		return hash.Sum(nil)
	}
	return {{ token|indent("\t") }}, nil
}
{%- endif %}
