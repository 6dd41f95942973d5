// What the suites share. They run inside VS Code's extension host, whose console goes nowhere: the report is a file.

const assert = require('node:assert/strict');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');

const folder = () => vscode.workspace.workspaceFolders[0].uri;
const file = (name) => vscode.Uri.joinPath(folder(), name);
const say = (text) => fs.appendFileSync(process.env.REPORT, `${text}\n`);

/** Runs the steps one after the other; each says whether it went well. */
async function runSteps(steps) {
  for (const [name, body] of Object.entries(steps)) {
    const started = Date.now();
    try {
      await body();
      say(`ok ${name} (${Date.now() - started} ms)`);
    } catch (problem) {
      say(`FAILED ${name}: ${problem.stack}`);
    }
  }
  say('done');
}

/** Waits until `probe` gives something, and gives that. */
async function eventually(what, probe, milliseconds = 60000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await probe();
    if (found) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(`never: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What the editor shows of a folder, written as `findings` of `common.sh` writes what the command line finds. */
function shown(root = folder()) {
  const severities = ['error', 'warning', 'info', 'hint'];
  const all = vscode.languages.getDiagnostics().flatMap(([uri, found]) =>
    found
      .filter(({ source }) => source === 'preboot' && uri.path.startsWith(`${root.path}/`))
      .map(({ code, range, severity }) => {
        const place = `${path.relative(root.fsPath, uri.fsPath)}:${range.start.line + 1}:${range.start.character + 1}`;
        return `${place} ${code.value ?? code} ${severities[severity]}`;
      }),
  );
  return all.sort().join('\n');
}

async function eventuallyShown(expected, root = folder()) {
  try {
    await eventually('the findings', () => shown(root) === expected);
  } catch {
    assert.equal(shown(root), expected);
  }
}

/** What the command line says now, of what is on the disk. */
function foundOnDisk() {
  const answer = spawnSync(process.env.PREBOOT, ['check', '--output-format', 'concise'], {
    cwd: folder().fsPath,
    encoding: 'utf8',
  });
  const found = [...answer.stdout.matchAll(/^(\S+): (PB\d+) \[(\w+)\]/gm)].map(
    ([, place, code, severity]) => `${place} ${code} ${severity}`,
  );
  return found.sort().join('\n');
}

async function open(name) {
  const document = await vscode.workspace.openTextDocument(file(name));
  await vscode.window.showTextDocument(document);
  return document;
}

/** The start of the first place of `text`. */
function placeOf(document, text) {
  const offset = document.getText().indexOf(text);
  assert.notEqual(offset, -1, `${text} is not in ${document.uri}`);
  return document.positionAt(offset);
}

/** The servers that this extension host has started, as `PID COMMAND ARGUMENTS`. */
function servers() {
  const children = spawnSync('pgrep', ['-P', String(process.pid), '-x', 'preboot'], { encoding: 'utf8' }).stdout.trim();
  return children
    ? execFileSync('ps', ['-o', 'pid=,args=', '-p', children.split('\n').join(',')], { encoding: 'utf8' })
        .trim()
        .split('\n')
    : [];
}

/** Waits until one server runs, another than `old`, and gives its command. */
async function anotherServer(old) {
  const pid = (line) => line?.trim().split(/\s+/)[0];
  const [line] = await eventually('another server', () => {
    const all = servers();
    return all.length === 1 && pid(all[0]) !== pid(old) && all;
  });
  return line.trim().split(/\s+/).slice(1).join(' ');
}

module.exports = {
  anotherServer,
  eventually,
  eventuallyShown,
  file,
  folder,
  foundOnDisk,
  open,
  placeOf,
  runSteps,
  servers,
  shown,
};
