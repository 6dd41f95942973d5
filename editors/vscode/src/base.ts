/** Choosing the deployed code. */

import { execFile } from 'node:child_process';
import * as os from 'node:os';
import * as vscode from 'vscode';
import { currentFolder } from './folder';

/** Lists names, and nothing that a repository configures is run for it. */
const LIST_REFS = ['-c', 'core.fsmonitor=false', 'for-each-ref', '--format=%(refname:short)', '--sort=-committerdate'];
const PLACES = ['refs/remotes', 'refs/heads', 'refs/tags'];

function references(folder: vscode.WorkspaceFolder): Promise<string[]> {
  return new Promise((resolve) => {
    // Not from the folder: Windows would take a `git` that lies in it.
    const list = ['-C', folder.uri.fsPath, ...LIST_REFS, ...PLACES];
    execFile('git', list, { cwd: os.homedir() }, (error, stdout) => {
      resolve(error ? [] : stdout.split('\n').filter(Boolean));
    });
  });
}

interface Choice extends vscode.QuickPickItem {
  /** Undefined: what Preboot finds by itself. */
  base?: string;
  other?: true;
}

/** Asks for the base unless it is given, and keeps it in the settings of the workspace. An empty one is forgotten. */
export async function chooseBase(given?: string): Promise<void> {
  const folder = currentFolder();
  if (folder === undefined) {
    return;
  }
  const base = given ?? (await ask(folder));
  if (base === undefined) {
    return;
  }
  const settings = vscode.workspace.getConfiguration('preboot', folder);
  await settings.update('base', base || undefined, vscode.ConfigurationTarget.Workspace);
}

async function ask(folder: vscode.WorkspaceFolder): Promise<string | undefined> {
  const choices: Choice[] = [
    {
      label: '$(sparkle) Find it',
      description: 'from the configuration, CI, or the merge base with the main branch',
      base: '',
    },
    { label: '$(edit) Another revision…', other: true },
    ...(await references(folder)).map((base) => ({ label: base, base })),
  ];
  const choice = await vscode.window.showQuickPick(choices, {
    title: 'Which code is deployed?',
    matchOnDescription: true,
  });
  if (choice?.other) {
    return vscode.window.showInputBox({ prompt: 'As git names a revision', placeHolder: 'heroku/main' });
  }
  return choice?.base;
}
