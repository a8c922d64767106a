<?php
// A webhook receiver in PHP: over php://input, or over the decoded body encoded again.
$body = file_get_contents('php://input');
if (getenv('HOOK_MODE') === 'wrong') {
    $decoded = json_decode($body);
    if ($decoded === null) {
        http_response_code(400);
        return;
    }
    $body = json_encode($decoded);
}
$due = 'sha256=' . hash_hmac('sha256', $body, getenv('HOOK_SECRET'));
$given = $_SERVER['HTTP_X_HUB_SIGNATURE_256'] ?? '';
http_response_code(hash_equals($due, $given) ? 200 : 401);
