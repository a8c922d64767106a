# frozen_string_literal: true

# Connects the vectors of {{ name }} to your code. This file is yours: it is never overwritten.
#
{%- if let Some(_) = code.token %}
# It works as generated, so the first run passes, but it tests none of your code until sign and
# verify call it. Then remove token_of.
require 'openssl'
{%- else %}
# Fill in sign and verify, and name them in OPS. How tokens are made, this says:
# macproof suite show {{ name }}
{%- endif %}

module {{ camel }}Implementation
{%- if let Some(_) = code.token %}
  OPS = %w[sign verify].freeze # take out what your code does not do
{%- else %}
  OPS = [].freeze # 'sign', 'verify': what you have filled in
{%- endif %}
  INPUTS = ['text'].freeze # add 'bytes', 'number' or 'json' if your code is to take those, too

  # Raise this if your code refuses an input with a documented error.
  class Refused < StandardError; end

  module_function

  # The token of these fields. Fill in, as in: Acme.sign(secret, fields['{{ field }}'])
{%- if let Some(per) = code.per %}
  def sign(secrets, fields)
    secret = secrets[fields['{{ per }}']]
{%- else %}
  def sign(secret, fields)
{%- endif %}
{%- if let Some(_) = code.token %}
    token_of(secret, fields)
{%- else %}
    raise NotImplementedError
{%- endif %}
  end

  # Whether the token is accepted for these fields, at the time `now` in Unix seconds. False if your
  # code raises its documented error for a bad signature; let any other error propagate.
  def verify({% if let Some(_) = code.per %}secrets{% else %}secret{% endif %}, fields, token, now)
{%- if let Some(per) = code.per %}
    secret = secrets[fields['{{ per }}']]
{%- endif %}
{%- if let Some(_) = code.token %}
{%- if let Some(carried) = code.carried %}
    # The time stays text: to_i also takes "007" and "7abc".
    time = token.rpartition('{{ carried.separator }}').last
    return false unless time.match?(/\A(0|[1-9][0-9]*)\z/) # ^ and $ would look at one line only

    fields = fields.merge('{{ carried.field }}' => time)
{%- endif %}
    expected = token_of(secret, fields)
    expected.bytesize == token.bytesize && OpenSSL.fixed_length_secure_compare(expected, token)
{%- else %}
    raise NotImplementedError
{%- endif %}
  end
{%- if let Some(token) = code.token %}

  def token_of(secret, fields)
    raise Refused, 'there is no secret' if secret.nil? || secret.empty?

    {{ token|indent(4) }}
  end
{%- endif %}
end
