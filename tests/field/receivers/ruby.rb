# A webhook receiver in Ruby: over request.body, or over the parsed body generated again.
require 'json'
require 'openssl'
require 'webrick'

mode, port = ARGV
secret = ENV.fetch('HOOK_SECRET')
quiet = { Logger: WEBrick::Log.new(File::NULL), AccessLog: [] }
server = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: port.to_i, **quiet)
server.mount_proc('/hook') do |request, response|
  body = request.body.to_s
  body = JSON.generate(JSON.parse(body)) if mode == 'wrong'
  due = "sha256=#{OpenSSL::HMAC.hexdigest('SHA256', secret, body)}"
  given = request['x-hub-signature-256'].to_s
  same = due.bytesize == given.bytesize && OpenSSL.fixed_length_secure_compare(due, given)
  response.status = same ? 200 : 401
rescue JSON::ParserError, EncodingError
  response.status = 400
end
trap('TERM') { server.shutdown }
server.start
