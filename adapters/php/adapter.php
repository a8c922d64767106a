<?php
// A macproof adapter for PHP 8.2: the SDK first, the adapter below it. Built-in extensions only.
declare(strict_types=1);

// ---- The SDK: replace this part by yours -------------------------------------------------------

/** The documented error for a configuration or an identity that cannot be signed. */
final class Refused extends RuntimeException {}

function sign(string $system, mixed $secret, mixed $id, mixed $timestamp = null): string
{
    [$key, $id] = [keyOf($secret), bytesOf($id, 'the identity')];
    if ($system === 'jimo' && !(is_int($timestamp) && $timestamp >= 0)) {
        throw new Refused('the timestamp is not a whole number of seconds');
    }
    return tokenOf($system, $key, $id, (string) $timestamp);
}

function verify(string $system, mixed $secret, mixed $id, mixed $token): bool
{
    [$key, $id] = [keyOf($secret), bytesOf($id, 'the identity')];
    if (!is_string($token)) {
        return false;
    }
    $time = substr((string) strrchr($token, '-'), 1); // stays text: (int) would take "007" and "7abc"
    if ($system === 'jimo' && preg_match('/\A(0|[1-9][0-9]*)\z/', $time) !== 1) { // $ would allow a line feed behind it
        return false;
    }
    return hash_equals(tokenOf($system, $key, $id, $time), $token);
}

function tokenOf(string $system, string $key, string $id, string $time): string
{
    return match ($system) {
        'jimo' => hash_hmac('sha256', "$id-$time", $key) . "-$time",
        'engagespot' => base64_encode(hash_hmac('sha256', $id, $key, true)),
        default => hash_hmac('sha256', $id, $key),
    };
}

function keyOf(mixed $secret): string
{
    $key = bytesOf($secret, 'the secret');
    return $key !== '' ? $key : throw new Refused('the secret is empty');
}

/** Text and bytes as they are, a whole number as its decimal text; nothing else is ever stringified. */
function bytesOf(mixed $value, string $name): string
{
    return is_string($value) || is_int($value) ? (string) $value : throw new Refused("$name is missing or not text");
}

// ---- The adapter: one JSON object a line, on stdin and stdout ----------------------------------

const SUITES = ['jotreview', 'prefinery', 'jimo', 'engagespot', 'mtribes'];
const HELLO = [
    'protocol' => 1,
    'implementation' => ['name' => 'macproof-example-php', 'version' => '1.0.0', 'language' => 'php'],
    'suites' => SUITES, 'ops' => ['sign', 'verify'], 'clock' => 'injected',
    'inputs' => ['text', 'bytes', 'number', 'json'], 'max_in_flight' => 256,
];

function decoded(mixed $value): mixed
{
    return is_array($value) && is_string($value['base64'] ?? null) ? base64_decode($value['base64'], true) : $value;
}

function answer(array $request): array
{
    [$op, $suite, $fields] = [$request['op'], $request['suite'] ?? '', $request['fields'] ?? []];
    if ($op === 'hello') {
        return HELLO;
    }
    $platform = is_string($fields['platform'] ?? null) ? $fields['platform'] : '';
    $secret = decoded(isset($request['secrets']) ? $request['secrets'][$platform] ?? null : $request['secret'] ?? null);
    $id = decoded($fields[$suite === 'prefinery' ? 'identifier' : 'user_id'] ?? null);
    try {
        return match (in_array($suite, SUITES, true) ? $op : '') {
            'sign' => ['token' => sign($suite, $secret, $id, $fields['timestamp'] ?? null)],
            'verify' => ['outcome' => verify($suite, $secret, $id, $request['token'] ?? null) ? 'accept' : 'reject'],
            default => ['unsupported' => "$op for $suite"],
        };
    } catch (Refused $error) {
        return ['refused' => $error->getMessage()];
    } catch (Throwable $error) {
        return ['threw' => get_class($error) . ': ' . $error->getMessage()];
    }
}

ini_set('display_errors', 'stderr'); // the command line's default would print warnings to stdout
while (($line = fgets(STDIN)) !== false) {
    $request = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
    if ($request['op'] === 'bye') {
        break;
    }
    $answer = array_intersect_key($request, ['id' => 0]) + answer($request);
    fwrite(STDOUT, json_encode($answer, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
}
