/** The npm packages, generated of archives that hold the program under test (or a stand-in, for other platforms). */

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

const repository = process.env.REPOSITORY;
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'preboot-npm-'));
const packages = path.join(work, 'packages');
const user = path.join(work, 'user');
const platforms = JSON.parse(fs.readFileSync(path.join(repository, 'packages/platforms.json')));
const ours = `cli-${process.platform}-${process.arch}`;
const version = /^version = "(.*)"$/m.exec(fs.readFileSync(path.join(repository, 'Cargo.toml'), 'utf8'))[1];

before(() => {
  for (const { target, os: system, cpu } of platforms) {
    const name = `preboot-${target}`;
    const folder = path.join(work, 'archives', name);
    fs.mkdirSync(folder, { recursive: true });
    const program = path.join(folder, system === 'win32' ? 'preboot.exe' : 'preboot');
    if (`cli-${system}-${cpu}` === ours) {
      fs.copyFileSync(process.env.PREBOOT, program);
    } else {
      fs.writeFileSync(program, target);
    }
    if (system === 'win32') {
      const zip = 'import shutil, sys; shutil.make_archive(sys.argv[1], "zip", ".", sys.argv[1])';
      execFileSync('python3', ['-c', zip, name], { cwd: path.dirname(folder) });
    } else {
      execFileSync('tar', ['-czf', `${name}.tar.gz`, name], { cwd: path.dirname(folder) });
    }
  }
  execFileSync('node', [path.join(repository, 'packages/npm/generate.mjs'), path.join(work, 'archives'), packages]);
});

after(() => fs.rmSync(work, { recursive: true }));

const manifest = (name) => JSON.parse(fs.readFileSync(path.join(packages, name, 'package.json')));

test('every platform has its package, of one version', () => {
  const names = platforms.map(({ os: system, cpu }) => `@preboot/cli-${system}-${cpu}`);
  assert.deepEqual(Object.keys(manifest('cli').optionalDependencies), names);
  for (const name of fs.readdirSync(packages)) {
    assert.equal(manifest(name).version, version);
    assert.ok(fs.existsSync(path.join(packages, name, 'LICENSE-MIT')));
  }
  assert.deepEqual(new Set(Object.values(manifest('cli').optionalDependencies)), new Set([version]));
});

test('the packages hold what npm needs and nothing else', () => {
  const files = (name) =>
    JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: path.join(packages, name) }))[0].files.map(({ path }) => path);
  assert.deepEqual(files('cli'), ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'bin/preboot.cjs', 'package.json']);
  assert.deepEqual(files('cli-win32-x64'), ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'bin/preboot.exe', 'package.json']);
});

test('installed from tarballs, the command runs: output, exit status, stdin, signals', async () => {
  fs.mkdirSync(user);
  fs.writeFileSync(path.join(user, 'package.json'), '{}');
  const tarballs = ['cli', ours].map((name) => {
    const [{ filename }] = JSON.parse(execFileSync('npm', ['pack', '--json', '--pack-destination', user], { cwd: path.join(packages, name) }));
    return path.join(user, filename);
  });
  // The other platforms' packages are on no registry yet; npm leaves out optional ones that it can't find.
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', ...tarballs], { cwd: user, stdio: 'pipe' });
  const command = path.join(user, 'node_modules/.bin/preboot');
  assert.equal(execFileSync(command, ['--version'], { encoding: 'utf8' }), `preboot ${version}\n`);
  const example = path.join(repository, 'tests/example');
  const check = spawnSync(command, ['check', '--root', example, '--no-base', 'campaign/migrations/0002_show_country_field.py'], { cwd: example, encoding: 'utf8' });
  assert.equal(check.status, 1, check.stderr);
  assert.match(check.stdout, /^error\[PB101\]/);
  assert.equal(spawnSync(command, ['no-such-command']).status, 2);

  const server = spawn(command, ['server'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { capabilities: {}, processId: null, rootUri: null } });
  server.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
  const [answer] = await once(server.stdout, 'data');
  assert.match(String(answer), /^Content-Length: \d+\r\n\r\n/);
  server.kill('SIGTERM');
  const [, signal] = await once(server, 'exit');
  assert.equal(signal, 'SIGTERM');
});

test('without the platform’s package it says so', () => {
  const alone = path.join(work, 'alone.cjs');
  fs.copyFileSync(path.join(packages, 'cli/bin/preboot.cjs'), alone);
  const run = spawnSync('node', [alone, '--version'], { encoding: 'utf8' });
  assert.equal(run.status, 2);
  assert.match(run.stderr, new RegExp(`@preboot/${ours} is not installed`));
});

/** The arguments of the next event. */
function once(emitter, event) {
  return new Promise((resolve) => emitter.once(event, (...values) => resolve(values)));
}
