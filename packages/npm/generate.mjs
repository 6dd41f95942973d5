/**
 * generate.mjs ARCHIVES OUT: lays out the npm packages in OUT, one folder each, of the release archives in ARCHIVES
 * (`preboot-TARGET.tar.gz`, or `.zip`). Every one of `../platforms.json` must be there.
 */

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.join(here, '../..');

const manifest = fs.readFileSync(path.join(repository, 'Cargo.toml'), 'utf8');
const inManifest = (key) => new RegExp(`^${key} = "(.*)"$`, 'm').exec(manifest)[1];
const shared = {
  version: inManifest('version'),
  description: inManifest('description'),
  license: '(MIT OR Apache-2.0)',
  homepage: inManifest('homepage'),
};

function write(folder, description) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(description, null, 2)}\n`);
  for (const license of ['LICENSE-MIT', 'LICENSE-APACHE']) {
    fs.copyFileSync(path.join(repository, license), path.join(folder, license));
  }
}

/** Takes the program out of the archive of a target. */
function unpack(archives, platform, folder) {
  const isWindows = platform.os === 'win32';
  const name = `preboot-${platform.target}`;
  const program = isWindows ? 'preboot.exe' : 'preboot';
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'preboot-'));
  const archive = path.resolve(archives, `${name}.${isWindows ? 'zip' : 'tar.gz'}`);
  const [command, ...flags] = isWindows ? ['unzip', '-q', archive, '-d', temporary] : ['tar', '-xzf', archive, '-C', temporary];
  execFileSync(command, flags);
  fs.mkdirSync(path.join(folder, 'bin'), { recursive: true });
  fs.copyFileSync(path.join(temporary, name, program), path.join(folder, 'bin', program));
  fs.chmodSync(path.join(folder, 'bin', program), 0o755);
  fs.rmSync(temporary, { recursive: true });
}

const [archives, out] = process.argv.slice(2);
const optionalDependencies = {};
for (const platform of JSON.parse(fs.readFileSync(path.join(here, '../platforms.json'), 'utf8'))) {
  const id = `cli-${platform.os}-${platform.cpu}`;
  const folder = path.join(out, id);
  write(folder, {
    name: `@preboot/${id}`,
    ...shared,
    os: [platform.os],
    cpu: [platform.cpu],
    files: ['bin', 'LICENSE-*'],
    preferUnplugged: true,
  });
  fs.writeFileSync(path.join(folder, 'README.md'), `# preboot for ${platform.os}, ${platform.cpu}\n\nInstall \`@preboot/cli\`.\n`);
  unpack(archives, platform, folder);
  optionalDependencies[`@preboot/${id}`] = shared.version;
}

const cli = path.join(out, 'cli');
write(cli, {
  name: '@preboot/cli',
  ...shared,
  keywords: ['django', 'migrations', 'zero-downtime', 'linter', 'lsp'],
  bin: { preboot: 'bin/preboot.cjs' },
  files: ['bin', 'LICENSE-*'],
  engines: { node: '>=18' },
  optionalDependencies,
});
fs.copyFileSync(path.join(here, 'README.md'), path.join(cli, 'README.md'));
fs.mkdirSync(path.join(cli, 'bin'));
fs.copyFileSync(path.join(here, 'bin/preboot.cjs'), path.join(cli, 'bin/preboot.cjs'));
fs.chmodSync(path.join(cli, 'bin/preboot.cjs'), 0o755);
