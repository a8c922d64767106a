# frozen_string_literal: true

# Connects macproof to your code: `macproof run` starts this file, as macproof.yaml says.
# Each line on stdin and stdout is one JSON object: print nothing else to stdout.
require 'json'
require 'openssl'

# ---- Yours: fill in ----------------------------------------------------------------------------
# It works as generated, so the first run passes, but it tests none of your code until sign and
# verify call it. Then remove token_of.

# Raise this if your code refuses an input with a documented error.
class Refused < StandardError; end
{%- if left %}

# Not implemented yet.
class FillIn < StandardError; end
{%- endif %}

# The token of these fields. Fill in, as in: Acme.sign(secret, fields['{{ field }}'])
def sign(suite, secret, fields)
  token_of(suite, secret, fields)
end

# Whether the token is accepted for these fields, at the time `now` in Unix seconds. False if your
# code raises its documented error for a bad signature; let any other error propagate.
def verify(suite, secret, fields, token, now)
{%- for s in suites %}{% if let Some(carried) = s.carried %}
  if suite == '{{ s.name }}'
    # The time stays text: to_i also takes "007" and "7abc".
    time = token.rpartition('{{ carried.separator }}').last
    return false unless time.match?(/\A(0|[1-9][0-9]*)\z/) # ^ and $ would look at one line only

    fields = fields.merge('{{ carried.field }}' => time)
  end
{%- endif %}{% endfor %}
  expected = token_of(suite, secret, fields)
  expected.bytesize == token.bytesize && OpenSSL.fixed_length_secure_compare(expected, token)
end

def token_of(suite, secret, fields)
  raise Refused, 'there is no secret' if secret.nil? || secret.empty?

  case suite
{%- for s in suites %}
{%- if let Some(token) = s.token %}
  when '{{ s.name }}'
    {{ token|indent(4) }}
{%- else %}
  when '{{ s.name }}'
    raise FillIn, 'fill in sign and verify of {{ s.name }} in {{ path }}'
{%- endif %}{% endfor %}
  else raise ArgumentError, suite
  end
end

# ---- The adapter: set your name and version, and keep the rest ---------------------------------

HELLO = {
  protocol: 1,
  implementation: { name: '{{ implementation }}', version: '0', language: 'ruby' },
  suites: [{{ names }}],
  ops: %w[sign verify], # take out what your code does not do
  inputs: ['text'], # add 'number' if your users may pass numbers, which then come as Integer
  max_in_flight: 64
}.freeze

def answer(request)
  return HELLO if request['op'] == 'hello'

  suite, secret, fields = request.values_at('suite', 'secret', 'fields')
{%- for s in suites %}{% if let Some(per) = s.per %}
  secret = request['secrets'][fields['{{ per }}']] if suite == '{{ s.name }}'
{%- endif %}{% endfor %}
  return { token: sign(suite, secret, fields) } if request['op'] == 'sign'

  token, now = request.values_at('token', 'now')
  outcomes = Array.new(request.fetch('repeat', 1)) { verify(suite, secret, fields, token, now) }
  { outcome: outcomes.last ? 'accept' : 'reject', accepted: outcomes.count(true) }
rescue Refused => e
  { refused: e.message }
{%- if left %}
rescue FillIn => e
  { unsupported: e.message }
{%- endif %}
rescue StandardError => e
  { threw: "#{e.class}: #{e.message}".scrub }
end

$stdout.sync = true
$stdin.each_line do |line|
  request = JSON.parse(line)
  break if request['op'] == 'bye'

  puts JSON.generate({ **request.slice('id'), **answer(request) }, ascii_only: true)
end
