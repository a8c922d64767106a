<?php
// Connects macproof to your code: `macproof run` starts this file, as macproof.yaml says.
// Each line on stdin and stdout is one JSON object: print nothing else to stdout.
declare(strict_types=1);

ini_set('display_errors', 'stderr'); // the command line's default would print warnings to stdout
// require __DIR__ . '/../vendor/autoload.php';

// ---- Yours: fill in ----------------------------------------------------------------------------
// It works as generated, so the first run passes, but it tests none of your code until sign and
// verify call it. Then remove tokenOf.

/** Throw this if your code refuses an input with a documented error. */
final class Refused extends RuntimeException {}
{%- if left %}

/** Not implemented yet. */
final class FillIn extends RuntimeException {}
{%- endif %}

/** The token of these fields. Fill in, as in: return Acme::sign($secret, $fields['{{ field }}']) */
function sign(string $suite, ?string $secret, array $fields): string
{
    return tokenOf($suite, $secret, $fields);
}

/**
 * Whether the token is accepted for these fields, at the time $now in Unix seconds. False if your
 * code throws its documented error for a bad signature; let any other error propagate.
 */
function verify(string $suite, ?string $secret, array $fields, string $token, int $now): bool
{
{%- for s in suites %}{% if let Some(carried) = s.carried %}
    if ($suite === '{{ s.name }}') {
        $parts = explode('{{ carried.separator }}', $token);
        $time = end($parts); // stays text: (int) also takes "007" and "7abc"
        if (preg_match('/\A(0|[1-9][0-9]*)\z/', $time) !== 1) { // $ allows a line feed
            return false;
        }
        $fields['{{ carried.field }}'] = $time;
    }
{%- endif %}{% endfor %}
    return hash_equals(tokenOf($suite, $secret, $fields), $token);
}

function tokenOf(string $suite, ?string $secret, array $fields): string
{
    if ($secret === null || $secret === '') {
        throw new Refused('there is no secret');
    }
    return match ($suite) {
{%- for s in suites %}
{%- if let Some(token) = s.token %}
        '{{ s.name }}' =>
            {{ token|indent(12) }},
{%- else %}
        '{{ s.name }}' => throw new FillIn('fill in sign and verify of {{ s.name }} in {{ path }}'),
{%- endif %}{% endfor %}
    };
}

// ---- The adapter: set your name and version, and keep the rest ---------------------------------

const HELLO = [
    'protocol' => 1,
    'implementation' => ['name' => '{{ implementation }}', 'version' => '0', 'language' => 'php'],
    'suites' => [{{ names }}],
    'ops' => ['sign', 'verify'], // take out what your code does not do
    'inputs' => ['text'], // add 'number' if your users may pass numbers, which then come as int
    'max_in_flight' => 64,
];

function answer(array $request): array
{
    if ($request['op'] === 'hello') {
        return HELLO;
    }
    [$suite, $fields] = [$request['suite'], $request['fields']];
    $secret = $request['secret'] ?? null;
{%- for s in suites %}{% if let Some(per) = s.per %}
    if ($suite === '{{ s.name }}') {
        $secret = $request['secrets'][$fields['{{ per }}']] ?? null;
    }
{%- endif %}{% endfor %}
    try {
        if ($request['op'] === 'sign') {
            return ['token' => sign($suite, $secret, $fields)];
        }
        [$accepted, $last] = [0, false];
        for ($i = 0; $i < ($request['repeat'] ?? 1); $i++) {
            $last = verify($suite, $secret, $fields, $request['token'], $request['now']);
            $accepted += (int) $last;
        }
        return ['outcome' => $last ? 'accept' : 'reject', 'accepted' => $accepted];
    } catch (Refused $error) {
        return ['refused' => $error->getMessage()];
{%- if left %}
    } catch (FillIn $error) {
        return ['unsupported' => $error->getMessage()];
{%- endif %}
    } catch (Throwable $error) {
        return ['threw' => get_class($error) . ': ' . $error->getMessage()];
    }
}

while (($line = fgets(STDIN)) !== false) {
    $request = json_decode($line, true, flags: JSON_THROW_ON_ERROR);
    if ($request['op'] === 'bye') {
        break;
    }
    $answer = array_intersect_key($request, ['id' => 0]) + answer($request);
    fwrite(STDOUT, json_encode($answer, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE) . "\n");
}
