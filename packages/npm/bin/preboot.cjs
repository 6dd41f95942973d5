#!/usr/bin/env node
/** Runs the program that the package of this platform holds, in this process's place as far as Node can. */

const { spawn } = require('node:child_process');

const COULD_NOT_RUN = 2;

function find() {
  const program = process.platform === 'win32' ? 'preboot.exe' : 'preboot';
  const name = `@preboot/cli-${process.platform}-${process.arch}`;
  try {
    return require.resolve(`${name}/bin/${program}`);
  } catch {
    console.error(`error: ${name} is not installed. Either there is no preboot for this platform, or optional dependencies were left out (--omit=optional).`);
    process.exit(COULD_NOT_RUN);
  }
}

const child = spawn(find(), process.argv.slice(2), { stdio: 'inherit', windowsHide: true });
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const signal of signals) {
  process.on(signal, () => child.kill(signal));
}
child.on('error', (error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = COULD_NOT_RUN;
});
child.on('exit', (code, signal) => {
  if (signal === null) {
    process.exitCode = code;
    return;
  }
  for (const name of signals) {
    process.removeAllListeners(name);
  }
  process.kill(process.pid, signal);
});
