// The protocol for the packages of the npm registry: one JSON object a line. `answer` is asked for
// the result of each request; what it throws is an exception, unless it is a `Refused`.
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';

/** What a package declines by an error of its own that says so. */
export class Refused extends Error {}

/** The version of an installed package, read beside the file that it is loaded from. */
export function versionOf(name) {
  const root = new URL(`./node_modules/${name}/package.json`, `file://${process.argv[1]}`);
  return JSON.parse(readFileSync(root, 'utf8')).version;
}

/** The answer to a request, or to as many calls as `macproof timing` asks for. */
async function repeated(request, answer) {
  if (request.repeat === undefined) return answer(request);
  let result;
  let accepted = 0;
  for (let call = 0; call < request.repeat; call += 1) {
    result = await answer(request);
    if (result.outcome === 'accept') accepted += 1;
  }
  return { ...result, accepted };
}

export async function serve(hello, answer) {
  const write = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    if (request.op === 'bye') break;
    if (request.op === 'hello') {
      write({ protocol: 1, max_in_flight: 64, ...hello });
      continue;
    }
    try {
      write({ id: request.id, ...(await repeated(request, answer)) });
    } catch (error) {
      const kind = error instanceof Refused ? 'refused' : 'threw';
      write({ id: request.id, [kind]: `${error?.name}: ${error?.message}` });
    }
  }
}
