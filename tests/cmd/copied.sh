curl 'https://hooks.example/hook' \
  -H 'Content-Type: application/json' \
  -H 'X-Hub-Signature-256: sha256=8d62f3bcec3a879b2f77b0c1067d2d90dd03b077af01f89f1d046f5fa557b37c' \
  --data-raw '{"action":"opened","number":1347}'
