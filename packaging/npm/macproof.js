#!/usr/bin/env node
// Starts the program of this platform, which npm has installed as an optional dependency.
'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const { isatty } = require('node:tty');

const platform = `${process.platform}-${process.arch}`;

function program() {
  try {
    return require.resolve(`@macproof/${platform}/bin/macproof`);
  } catch {
    const { optionalDependencies } = require('../package.json');
    const known = Object.keys(optionalDependencies).includes(`@macproof/${platform}`);
    console.error(
      known
        ? `error: @macproof/${platform} is not installed. Install macproof with its optional dependencies (without --omit=optional), and on the platform where it runs.`
        : `error: there is no package of macproof for ${platform}; build it with cargo.`,
    );
    process.exit(4);
  }
}

const child = spawn(program(), process.argv.slice(2), { stdio: 'inherit' });

// A terminal sends its signals to both; the second one would end the program at once.
const terminal = [0, 1, 2].some((fd) => isatty(fd));
for (const signal of ['SIGINT', 'SIGHUP', 'SIGQUIT']) {
  process.on(signal, () => terminal || child.kill(signal));
}
process.on('SIGTERM', () => child.kill('SIGTERM'));

child.on('error', (error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 4;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal];
});
