# frozen_string_literal: true

# The vectors of {{ name }}, asked of {{ snake }}_implementation.rb.
#
# Generated; do not edit. To bring it up to date:
# {{ again }}
# A failed `must` fails, a failed `should` is pending; MACPROOF_LEVEL=should lets it fail.
require 'json'
require_relative '{{ snake }}_implementation'

RSpec.describe '{{ name }}' do
  file = File.join(__dir__, '{{ snake }}_vectors.json')
  vectors = JSON.parse(File.read(file, encoding: 'UTF-8'))
  fails = ENV['MACPROOF_LEVEL'] == 'should' ? %w[must should] : %w[must]
  code = {{ camel }}Implementation
  ops = code::OPS & %w[sign verify]

  # Bytes stand in JSON as {"base64": …}.
  define_method(:value) do |given|
    given.is_a?(Hash) && given.keys == ['base64'] ? given['base64'].unpack1('m') : given
  end

  # The outcome of a request, and what comes with it.
  define_method(:ask) do |request|
{%- if let Some(_) = code.per %}
    secrets = request['secrets'].transform_values { |secret| value(secret) }
{%- else %}
    secrets = value(request['secret'])
{%- endif %}
    fields = request['fields'].transform_values { |field| value(field) }
    next ['token', code.sign(secrets, fields)] if request['op'] == 'sign'

    accepted = code.verify(secrets, fields, value(request['token']), request['now'])
    next ['neither true nor false', accepted] unless [true, false].include?(accepted)

    [accepted ? 'accept' : 'reject', nil]
  rescue code::Refused => e
    ['refused', e.message]
  rescue StandardError => e
    ['threw', "#{e.class}: #{e.message}"]
  end

  define_method(:due?) do |token, expect|
{%- if has_items %}
    separator = expect['items_in_any_order']
    if separator && token.is_a?(String)
      next token.split(separator, -1).sort == expect['token'].split(separator, -1).sort
    end

{%- endif %}
    token == expect['token']
  end

  define_method(:short) do |what|
    text = what.to_s.scrub
    text.length <= 400 ? text : "#{text[0, 400]}… (#{text.length} characters)"
  end

  # What went wrong, and which requirement says so.
  define_method(:because) do |one, outcome, what|
    expect = one['expect']
    due = expect['outcomes'].join(' or ')
    lines = ["{{ name }}/#{one['id']}: expected #{due}, got #{outcome}"]
    lines[0] += ": #{short(what)}" unless what.nil?
    lines << "  the token is: #{short(expect['token'])}" if expect['token']
    lines << "  asked: #{short(JSON.generate(one['request'], ascii_only: true))}"
    one['shows'].each do |id|
      said = vectors['requirements'][id]
      lines << "  #{said['level']} (#{said['basis']}) #{id}: #{said['text']}"
      lines << "    #{said['where']}" if said['where']
    end
    lines << "  note: #{one['note']}" if one['note']
    lines.join("\n")
  end

  it 'asks something' do
    file = '{{ snake }}_implementation.rb'
    why = "fill in sign and verify in #{file}, and name them in its OPS"
    RSpec::Expectations.fail_with(why) if ops.empty?
  end

  vectors['cases'].each do |one|
    next if one['level'] == 'may' || !ops.include?(one['request']['op'])

    it one['id'] do
      input = one['input']
      skip "gives #{input}, which INPUTS leaves out" unless code::INPUTS.include?(input)
      outcome, what = ask(one['request'])
      right = one['expect']['outcomes'].include?(outcome)
      right &&= due?(what, one['expect']) if outcome == 'token'
      next if right

      why = because(one, outcome, what)
      pending why unless fails.include?(one['level'])
      RSpec::Expectations.fail_with(why)
    end
  end
end
