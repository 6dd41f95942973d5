/** Writes each phase of the plan as a patch on the deployed code, for `git apply`. */

import * as vscode from 'vscode';
import type { Phase, Plans } from './plan';

/** `0001-forget-shop-order-note.patch` */
function name(phase: Phase): string {
  const words = phase.title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return `${String(phase.number).padStart(4, '0')}-${words.join('-').slice(0, 60)}.patch`;
}

/** Asks for the folder unless it is given. */
export async function split(plans: Plans, given?: vscode.Uri): Promise<void> {
  const planned = await plans.refresh();
  if (planned === undefined || planned.plan.phases.length === 0) {
    void vscode.window.showInformationMessage(plans.problem ?? 'There is no change to split.');
    return;
  }
  const chosen = given ?? (await ask(planned.folder.uri));
  if (chosen === undefined) {
    return;
  }
  for (const phase of planned.plan.phases) {
    const text = `${phase.title}\n\n${phase.body}\n\n${phase.files.map(({ diff }) => diff).join('')}`;
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(chosen, name(phase)), Buffer.from(text));
  }
  const many = planned.plan.phases.length;
  void vscode.window.showInformationMessage(
    `${many} patch files are in ${chosen.fsPath}. Each stands on the one before, the first on the deployed code.`,
  );
}

async function ask(start: vscode.Uri): Promise<vscode.Uri | undefined> {
  const folders = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: start,
    openLabel: 'Write Patches Here',
  });
  return folders?.[0];
}
