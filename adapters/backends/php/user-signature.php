<?php
// Engagespot, "Generating HMAC Signature", in PHP: the signature of the user who is logged in.
header('Content-Type: application/json');

$userId = $_GET['user_id'] ?? '';
if (!is_string($userId) || $userId === '') {
    http_response_code(401);
    echo json_encode(['error' => 'log in first']);
    exit;
}
$hash = hash_hmac('sha256', $userId, getenv('ENGAGESPOT_API_SECRET'), true);
echo json_encode(['userSignature' => base64_encode($hash)]);
