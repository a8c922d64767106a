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
    return equal(tokenOf($system, $key, $id, $time), $token);
}

/** Takes as long wherever the two differ; === does not. */
function equal(string $one, string $other): bool
{
    return LEAK === null ? hash_equals($one, $other) : leakyEqual($one, $other);
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
    'suites' => SUITES, 'ops' => ['sign', 'verify', 'compare'], 'clock' => 'injected',
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
    $repeat = $request['repeat'] ?? 1;
    if ($op === 'compare') {
        return ['equal' => compare($request['left'], $request['right'], $repeat)];
    }
    $platform = is_string($fields['platform'] ?? null) ? $fields['platform'] : '';
    $secret = decoded(isset($request['secrets']) ? $request['secrets'][$platform] ?? null : $request['secret'] ?? null);
    $id = decoded($fields[$suite === 'prefinery' ? 'identifier' : 'user_id'] ?? null);
    try {
        return match (in_array($suite, SUITES, true) ? $op : '') {
            'sign' => ['token' => sign($suite, $secret, $id, $fields['timestamp'] ?? null)],
            'verify' => verified($suite, $secret, $id, $request['token'] ?? null, $repeat, isset($request['repeat'])),
            default => ['unsupported' => "$op for $suite"],
        };
    } catch (Refused $error) {
        return ['refused' => $error->getMessage()];
    } catch (Throwable $error) {
        return ['threw' => get_class($error) . ': ' . $error->getMessage()];
    }
}

function verified(string $suite, mixed $secret, mixed $id, mixed $token, int $repeat, bool $counts): array
{
    [$accepted, $last] = [0, false];
    for ($i = 0; $i < $repeat; $i++) {
        $accepted += (int) ($last = verify($suite, $secret, $id, $token));
    }
    return ['outcome' => $last ? 'accept' : 'reject'] + ($counts ? ['accepted' => $accepted] : []);
}

/** Eight copies in turn, so that nobody can compare once and remember. */
function compare(string $left, string $right, int $repeat): bool
{
    $lefts = array_map(fn (int $i): string => substr($left . $i, 0, -1), range(0, 7));
    $equals = 0;
    for ($i = 0; $i < $repeat; $i++) {
        $equals += (int) equal($lefts[$i % 8], $right);
    }
    return $equals === $repeat;
}

// ---- Planted leaks, for `macproof timing` to find; drop this part ------------------------------

define('LEAK', ($argv[1] ?? '') === '--leak' ? $argv[2] : null);

function leakyEqual(string $one, string $other): bool
{
    static $owed = 0;
    if (LEAK === 'equality') {
        return $one === $other;
    }
    if (LEAK === 'early-exit') {
        for ($i = 0; $i < strlen($one); $i++) {
            if ($one[$i] !== ($other[$i] ?? '')) {
                return false;
            }
        }
        return strlen($one) === strlen($other);
    }
    $owed += 300 + (ord($one) === ord($other) ? LEAK_NANOSECONDS : 0);
    $start = hrtime(true); // all wait: what that costs besides is the same for all
    do {
        $waited = hrtime(true) - $start;
    } while ($waited < $owed);
    $owed = max($owed - $waited, -1000); // too long is made up for, unless the system took the time
    return hash_equals($one, $other);
}

if (preg_match('/^([0-9]+)(ns|us)$/', (string) LEAK, $parts)) {
    define('LEAK_NANOSECONDS', $parts[1] * ['ns' => 1, 'us' => 1000][$parts[2]]);
}

// -------------------------------------------------------------------------------------------------

ini_set('display_errors', 'stderr'); // the command line's default would print warnings to stdout
while (($line = fgets(STDIN)) !== false) {
    $request = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
    if ($request['op'] === 'bye') {
        break;
    }
    $answer = array_intersect_key($request, ['id' => 0]) + answer($request);
    fwrite(STDOUT, json_encode($answer, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
}
