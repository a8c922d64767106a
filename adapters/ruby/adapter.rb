# frozen_string_literal: true

# A macproof adapter for Ruby 3.1: the SDK first, the adapter below it. Standard library only.
require 'json'
require 'openssl'

# ---- The SDK: replace this part by yours -------------------------------------------------------
module Identity
  # The documented error for a configuration or an identity that cannot be signed.
  class Refused < StandardError; end

  module_function

  def sign(system, secret, id, timestamp = nil)
    key, id = key_of(secret), bytes_of(id, 'the identity')
    if system == 'jimo' && !(timestamp.is_a?(Integer) && timestamp >= 0)
      raise Refused, 'the timestamp is not a whole number of seconds'
    end

    token_of(system, key, id, timestamp)
  end

  def verify(system, secret, id, token)
    key, id = key_of(secret), bytes_of(id, 'the identity')
    return false unless token.is_a?(String)

    time = token.b.rpartition('-').last # stays text: to_i would take "007", "7 " and "7abc"
    return false if system == 'jimo' && !time.match?(/\A(0|[1-9][0-9]*)\z/) # ^ and $ would look at one line only

    equal(token_of(system, key, id, time), token)
  end

  # Takes as long wherever the two differ; == does not. fixed_length_secure_compare throws on unequal lengths.
  def equal(one, other)
    one.bytesize == other.bytesize && OpenSSL.fixed_length_secure_compare(one, other)
  end

  def token_of(system, key, id, time)
    case system
    when 'jimo' then "#{OpenSSL::HMAC.hexdigest('SHA256', key, "#{id}-#{time}")}-#{time}"
    when 'engagespot' then [OpenSSL::HMAC.digest('SHA256', key, id)].pack('m0')
    else OpenSSL::HMAC.hexdigest('SHA256', key, id)
    end
  end

  def key_of(secret)
    key = bytes_of(secret, 'the secret')
    key.empty? ? raise(Refused, 'the secret is empty') : key
  end

  # Text and bytes as they are, a whole number as its decimal text; nothing else is ever stringified (nil.to_s is "").
  def bytes_of(value, name)
    case value
    when String, Integer then value.to_s.b
    else raise Refused, "#{name} is missing or not text"
    end
  end
end

# ---- The adapter: one JSON object a line, on stdin and stdout ----------------------------------
SUITES = %w[jotreview prefinery jimo engagespot mtribes].freeze
HELLO = {
  protocol: 1,
  implementation: { name: 'macproof-example-ruby', version: '1.0.0', language: 'ruby' },
  suites: SUITES, ops: %w[sign verify compare], clock: 'injected', inputs: %w[text bytes number json], max_in_flight: 256
}.freeze

def decoded(value) = value.is_a?(Hash) && value['base64'].is_a?(String) ? value['base64'].unpack1('m0') : value

def answer(request)
  op, suite, fields = request['op'], request['suite'], request.fetch('fields', {})
  return HELLO if op == 'hello'
  return { equal: compare(request['left'], request['right'], request.fetch('repeat', 1)) } if op == 'compare'
  return { unsupported: "#{op} for #{suite}" } unless SUITES.include?(suite) && HELLO[:ops].include?(op)

  secret = decoded(request.key?('secrets') ? request['secrets'][fields['platform']] : request['secret'])
  id = decoded(fields[suite == 'prefinery' ? 'identifier' : 'user_id'])
  return { token: Identity.sign(suite, secret, id, fields['timestamp']) } if op == 'sign'

  accepted = 0
  last = false
  request.fetch('repeat', 1).times do
    last = Identity.verify(suite, secret, id, request['token'])
    accepted += 1 if last
  end
  { outcome: last ? 'accept' : 'reject', **(request.key?('repeat') ? { accepted: } : {}) }
rescue Identity::Refused => e
  { refused: e.message }
rescue StandardError => e
  { threw: "#{e.class}: #{e.message}".scrub }
end

# Eight copies in turn, so that nobody can compare once and remember.
def compare(left, right, repeat)
  lefts = Array.new(8) { |i| "#{left}#{i}".chop }
  equals = 0
  repeat.times { |i| equals += 1 if Identity.equal(lefts[i % 8], right) }
  equals == repeat
end

# ---- Planted leaks, for `macproof timing` to find; drop this part -----------------------------
module Leaky
  module_function

  def early_exit(one, other)
    i = 0
    while i < one.bytesize
      return false if one.getbyte(i) != other.getbyte(i)

      i += 1
    end
    one.bytesize == other.bytesize
  end

  def slower_when_the_first_matches(nanoseconds)
    safe = Identity.method(:equal).unbind.bind(Identity)
    owed = 0
    lambda do |one, other|
      matches = one.getbyte(0) == other.getbyte(0)
      owed += matches ? 300 + nanoseconds : 300 # all wait: what that costs besides is the same for all
      start = clock
      waited = clock - start until waited && waited >= owed
      owed = [owed - waited, -1000].max # too long is made up for, unless the system took the time
      safe.call(one, other)
    end
  end

  def clock = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)

  def named(name)
    case name
    when 'early-exit' then method(:early_exit)
    when 'equality' then ->(one, other) { one == other }
    when /\A(\d+)(ns|us)\z/ then slower_when_the_first_matches($1.to_i * { 'ns' => 1, 'us' => 1000 }[$2])
    else abort "no leak #{name}"
    end
  end
end

if ARGV[0] == '--leak'
  leaky = Leaky.named(ARGV[1])
  Identity.define_singleton_method(:equal) { |one, other| leaky.call(one, other) }
end

# ------------------------------------------------------------------------------------------------

$stdin.binmode
$stdout.binmode.sync = true
unread = +''.b
loop do
  unread << $stdin.readpartial(1 << 16) # returns what is there: no answer waits for the next request
  *lines, rest = unread.split("\n", -1)
  requests = lines.map { |line| JSON.parse(line) }
  answers = requests.take_while { |request| request['op'] != 'bye' }.map do |request|
    JSON.generate({ **request.slice('id'), **answer(request) }, ascii_only: true) << "\n"
  end
  $stdout.write(answers.join)
  break if answers.size < lines.size

  unread = rest
rescue EOFError
  break
end
