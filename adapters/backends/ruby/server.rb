# Prefinery, "Ruby on Rails", without Rails: one endpoint that signs what a user is looked up by.
require "json"
require "openssl"
require "socket"

SECRET = ENV.fetch("PREFINERY_SECRET")

def signature(identifier)
  OpenSSL::HMAC.hexdigest("sha256", SECRET, identifier)
end

def respond(client, status, body)
  body = JSON.generate(body)
  client.write "HTTP/1.1 #{status}\r\ncontent-type: application/json\r\ncontent-length: #{body.bytesize}\r\nconnection: close\r\n\r\n#{body}"
end

def serve(client)
  method, path = client.gets.to_s.split
  length = 0
  while (line = client.gets) && line != "\r\n"
    name, value = line.split(":", 2)
    length = value.to_i if name.casecmp?("content-length")
  end
  return respond(client, "404 Not Found", { error: "nothing here" }) unless method == "POST" && path == "/prefinery-signature"

  identifier = begin
    JSON.parse(client.read(length).to_s.force_encoding("UTF-8"))["identifier"]
  rescue JSON::ParserError, TypeError
    nil
  end
  return respond(client, "401 Unauthorized", { error: "log in first" }) unless identifier.is_a?(String) && !identifier.empty?

  respond(client, "200 OK", { signature: signature(identifier) })
ensure
  client.close
end

server = TCPServer.new("127.0.0.1", ENV.fetch("PORT", "4567").to_i)
puts "http://127.0.0.1:#{server.addr[1]}"
$stdout.flush
loop { Thread.new(server.accept) { |client| serve(client) } }
