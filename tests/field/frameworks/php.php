<?php
// A webhook receiver for PHP's own server; HOOK_MODE says which mistake it makes.
$mode = getenv('HOOK_MODE');
$secret = getenv('HOOK_SECRET');
$body = file_get_contents('php://input');
if (in_array($mode, ['json', 'unescaped', 'print-r'], true)) {
    $parsed = json_decode($body);
    if (json_last_error() !== JSON_ERROR_NONE) {
        http_response_code(400);
        exit;
    }
    $body = match ($mode) {
        'json' => json_encode($parsed),
        'unescaped' => json_encode($parsed, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE),
        'print-r' => print_r($parsed, true),
    };
} elseif ($mode === 'trim') {
    $body = trim($body);
} elseif ($mode === 'latin-1') {
    $body = mb_convert_encoding($body, 'UTF-8', 'ISO-8859-1');
}
$due = 'sha256=' . ($mode === 'sha1' ? hash_hmac('sha1', $body, $secret) : hash_hmac('sha256', $body, $secret));
http_response_code(hash_equals($due, $_SERVER['HTTP_X_HUB_SIGNATURE_256'] ?? '') ? 200 : 401);
