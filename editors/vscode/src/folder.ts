/** Which of the workspace's folders is meant. */

import * as vscode from 'vscode';

let last: vscode.WorkspaceFolder | undefined;

/** The folder that a command is about: the active editor's, else that of the last one that was active, else the first. */
export function currentFolder(): vscode.WorkspaceFolder | undefined {
  const active = vscode.window.activeTextEditor?.document.uri;
  const folders = vscode.workspace.workspaceFolders ?? [];
  last = (active && vscode.workspace.getWorkspaceFolder(active)) ?? last;
  return folders.find((folder) => folder === last) ?? folders[0];
}

/** Whether the URI, as the server writes it, is the folder's. */
export function isRoot(uri: string | null, folder: vscode.WorkspaceFolder): boolean {
  return uri !== null && vscode.Uri.parse(uri).fsPath === folder.uri.fsPath;
}
