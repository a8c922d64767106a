<?php
// The vectors of {{ name }}, asked of {{ camel }}Implementation.php.
//
// Generated; do not edit. To bring it up to date:
// {{ again }}
// A failed `must` fails, a failed `should` is incomplete; MACPROOF_LEVEL=should lets it fail.
declare(strict_types=1);

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/{{ camel }}Implementation.php';

final class {{ camel }}VectorsTest extends TestCase
{
    private static function vectors(): array
    {
        static $vectors;
        return $vectors ??= json_decode(
            file_get_contents(__DIR__ . '/{{ snake }}_vectors.json'),
            true,
            flags: JSON_THROW_ON_ERROR
        );
    }

    private static function ops(): array
    {
        return array_intersect({{ camel }}Implementation::OPS, ['sign', 'verify']);
    }

    public function testSomethingIsAsked(): void
    {
        self::assertNotEmpty(
            self::ops(),
            'fill in sign and verify in {{ camel }}Implementation.php, and name them in its OPS'
        );
    }

    public static function cases(): iterable
    {
        foreach (self::vectors()['cases'] as $case) {
            if ($case['level'] !== 'may' && in_array($case['request']['op'], self::ops(), true)) {
                yield $case['id'] => [$case];
            }
        }
        if (self::ops() === []) {
            yield 'none' => [null];
        }
    }

    /** @dataProvider cases */
    #[DataProvider('cases')]
    public function testVector(?array $case): void
    {
        if ($case === null) {
            self::markTestSkipped('nothing is asked');
        }
        if (!in_array($case['input'], {{ camel }}Implementation::INPUTS, true)) {
            self::markTestSkipped("gives {$case['input']}, which INPUTS leaves out");
        }
        [$outcome, $what] = self::ask($case['request']);
        $expect = $case['expect'];
        $isExpected = in_array($outcome, $expect['outcomes'], true)
            && ($outcome !== 'token' || self::isDue($what, $expect));
        if ($isExpected) {
            $this->addToAssertionCount(1);
            return;
        }
        $why = self::because($case, $outcome, $what);
        if ($case['level'] === 'should' && getenv('MACPROOF_LEVEL') !== 'should') {
            self::markTestIncomplete($why);
        }
        self::fail($why);
    }

    /** The outcome of a request, and what comes with it. */
    private static function ask(array $request): array
    {
{%- if let Some(_) = code.per %}
        $secrets = array_map(self::value(...), $request['secrets']);
{%- else %}
        $secrets = self::value($request['secret']);
{%- endif %}
        $fields = array_map(self::value(...), $request['fields']);
        try {
            if ($request['op'] === 'sign') {
                return ['token', {{ camel }}Implementation::sign($secrets, $fields)];
            }
            $token = self::value($request['token'] ?? null);
            $now = $request['now'];
            $accepted = {{ camel }}Implementation::verify($secrets, $fields, $token, $now);
        } catch ({{ camel }}Refused $error) {
            return ['refused', $error->getMessage()];
        } catch (Throwable $error) {
            return ['threw', get_class($error) . ': ' . $error->getMessage()];
        }
        return [$accepted ? 'accept' : 'reject', null];
    }

    /** Bytes stand in JSON as {"base64": …}. */
    private static function value(mixed $given): mixed
    {
        $isBytes = is_array($given) && array_keys($given) === ['base64'];
        return $isBytes ? base64_decode($given['base64'], true) : $given;
    }

    private static function isDue(mixed $token, array $expect): bool
    {
{%- if has_items %}
        $separator = $expect['items_in_any_order'] ?? null;
        if ($separator !== null && is_string($token)) {
            [$actual, $due] = [explode($separator, $token), explode($separator, $expect['token'])];
            sort($actual, SORT_STRING);
            sort($due, SORT_STRING);
            return $actual === $due;
        }
{%- endif %}
        return $token === $expect['token'];
    }

    /** What went wrong, and which requirement says so. */
    private static function because(array $case, string $outcome, mixed $what): string
    {
        $expect = $case['expect'];
        $due = implode(' or ', $expect['outcomes']);
        $lines = ["{{ name }}/{$case['id']}: expected $due, got $outcome"];
        if ($what !== null) {
            $lines[0] .= ': ' . self::short($what);
        }
        if (isset($expect['token'])) {
            $lines[] = '  the token is: ' . self::short($expect['token']);
        }
        $lines[] = '  asked: ' . self::short(json_encode($case['request']));
        foreach ($case['shows'] as $id) {
            $said = self::vectors()['requirements'][$id];
            $lines[] = "  {$said['level']} ({$said['basis']}) $id: {$said['text']}";
            if (isset($said['where'])) {
                $lines[] = "    {$said['where']}";
            }
        }
        if (isset($case['note'])) {
            $lines[] = "  note: {$case['note']}";
        }
        return implode("\n", $lines);
    }

    private static function short(mixed $what): string
    {
        $text = is_string($what) ? $what : json_encode($what);
        $length = strlen($text);
        return $length <= 400 ? $text : substr($text, 0, 400) . "… ($length bytes)";
    }
}
