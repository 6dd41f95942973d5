/** Which `preboot` program to run. */

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

const NAME = process.platform === 'win32' ? 'preboot.exe' : 'preboot';
const SCRIPTS = process.platform === 'win32' ? 'Scripts' : 'bin';
const ENVIRONMENTS = ['.venv', 'venv', 'env'];

/**
 * The first that exists: what the setting names (and nothing else, where it is set), the project's own, the one on
 * `PATH`, the one that came with the extension. Absolute: Windows would look for a bare name in the project's folder.
 */
export async function findExecutable(extension: vscode.Uri): Promise<string | undefined> {
  const setting = vscode.workspace.getConfiguration('preboot').get<string>('path', '').trim();
  const candidates = setting
    ? [expand(setting)]
    : [...inEnvironments(), ...onPath(), vscode.Uri.joinPath(extension, 'server', NAME).fsPath];
  for (const candidate of candidates) {
    if (await isExecutable(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

/** A workspace that isn't trusted may hold any program under our name. */
function inEnvironments(): string[] {
  if (!vscode.workspace.isTrusted) {
    return [];
  }
  return folders().flatMap((folder) =>
    ENVIRONMENTS.map((environment) => path.join(folder, environment, SCRIPTS, NAME)),
  );
}

/** A relative entry of `PATH` means the project's folder, which isn't to be trusted either. */
function onPath(): string[] {
  const entries = (process.env.PATH ?? '').split(path.delimiter);
  return entries.filter((entry) => path.isAbsolute(entry)).map((entry) => path.join(entry, NAME));
}

function expand(setting: string): string {
  const folder = folders()[0] ?? '';
  const expanded = setting.replace(/^~(?=$|[/\\])/, os.homedir).replace(/\$\{workspaceFolder\}/g, () => folder);
  return path.resolve(folder, expanded);
}

function folders(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await fs.promises.access(file, fs.constants.X_OK);
    return (await fs.promises.stat(file)).isFile();
  } catch {
    return false;
  }
}
