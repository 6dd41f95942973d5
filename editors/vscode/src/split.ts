/** Writes the phases of the plan: as stacked branches, or as patches on the deployed code. */

import * as vscode from 'vscode';
import { currentFolder } from './folder';
import type { Program } from './program';

/** Asks where to, unless it is given: a folder for patches. */
export async function split(program: Program, given?: vscode.Uri): Promise<void> {
  const folder = currentFolder();
  const target = folder && (given ? ['--patches', given.fsPath] : await ask(folder));
  if (folder === undefined || target === undefined) {
    return;
  }
  if (!(await isSaved(folder))) {
    return;
  }
  try {
    const answer = await program.text(folder, 'split', ...target);
    void vscode.window.showInformationMessage(answer.trim());
  } catch (error) {
    void vscode.window.showErrorMessage(`Preboot: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Leaves only the first PR of the plan in the editors; nothing is saved by it. */
export async function keepFirst(): Promise<void> {
  const folder = currentFolder();
  try {
    await vscode.commands.executeCommand('preboot.server.split', folder?.uri.toString());
  } catch (error) {
    void vscode.window.showErrorMessage(`Preboot: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The phases are made of what is saved: what isn't is saved first, or nothing is written. */
async function isSaved(folder: vscode.WorkspaceFolder): Promise<boolean> {
  const unsaved = vscode.workspace.textDocuments.filter(
    ({ isDirty, uri }) => isDirty && vscode.workspace.getWorkspaceFolder(uri) === folder,
  );
  if (unsaved.length === 0) {
    return true;
  }
  const save = 'Save and Write';
  const message = 'The phases are made of what is saved, and some files are not.';
  if ((await vscode.window.showWarningMessage(message, { modal: true }, save)) !== save) {
    return false;
  }
  const saved = await Promise.all(unsaved.map((document) => document.save()));
  return saved.every(Boolean);
}

async function ask(folder: vscode.WorkspaceFolder): Promise<string[] | undefined> {
  const branches = {
    label: '$(git-branch) Branches',
    detail: 'One for each PR, each on top of the one before. Nothing is checked out.',
  };
  const patches = { label: '$(diff) Patch Files…', detail: 'One for each PR, into a folder.' };
  const choice = await vscode.window.showQuickPick([branches, patches], { title: 'Write the PRs of the plan as' });
  if (choice !== patches) {
    return choice && ['--branches'];
  }
  const folders = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: folder.uri,
    openLabel: 'Write Patches Here',
  });
  return folders?.[0] && ['--patches', folders[0].fsPath];
}
