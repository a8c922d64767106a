# A webhook receiver in WEBrick: ruby.rb MODE PORT.
require 'webrick'
require 'json'
require 'openssl'

mode, port = ARGV
secret = ENV.fetch('HOOK_SECRET')
server = WEBrick::HTTPServer.new(
  Port: Integer(port), BindAddress: '127.0.0.1',
  Logger: WEBrick::Log.new(File::NULL), AccessLog: []
)
server.mount_proc '/hook' do |request, response|
  body = (request.body || '').dup
  signed =
    case mode
    when 'json' then JSON.generate(JSON.parse(body))
    when 'to-s' then JSON.parse(body).to_s
    when 'latin-1' then body.force_encoding('ISO-8859-1').encode('UTF-8')
    when 'strip' then body.force_encoding('UTF-8').strip
    else body
    end
  digest = mode == 'base64' ? [OpenSSL::HMAC.digest('SHA256', secret, signed)].pack('m0') : OpenSSL::HMAC.hexdigest('SHA256', secret, signed)
  due = "sha256=#{digest}"
  given = request['x-hub-signature-256'] || ''
  same = due.bytesize == given.bytesize && OpenSSL.fixed_length_secure_compare(due, given)
  response.status = same ? 200 : 401
rescue JSON::ParserError, EncodingError, ArgumentError, JSON::NestingError
  response.status = 400
end
server.start
