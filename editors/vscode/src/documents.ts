/** Documents that are no files: a phase's change of a file, and the simulated schema. */

import * as vscode from 'vscode';
import { currentFolder } from './folder';
import type { Phase, PlannedFile, Plans } from './plan';
import type { Program } from './program';

const SCHEME = 'preboot';

/** `preboot:/phase-1/campaign/models.py.diff` */
export function phaseFile(phase: Phase, file: PlannedFile): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/phase-${phase.number}/${file.path}.diff` });
}

export class Documents implements vscode.TextDocumentContentProvider {
  private readonly changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changes.event;
  private readonly opened = new Set<string>();

  constructor(
    private readonly program: Program,
    private readonly plans: Plans,
  ) {
    plans.onDidChange(() => {
      for (const uri of this.opened) {
        this.changes.fire(vscode.Uri.parse(uri));
      }
    });
  }

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument((document) => this.opened.delete(document.uri.toString())),
    );
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    this.opened.add(uri.toString());
    const [, place, ...rest] = uri.path.split('/');
    if (place === 'schema') {
      return this.schema(rest.join('/').replace(/\.txt$/, ''));
    }
    for (const phase of this.plans.latest?.plan.phases ?? []) {
      const file = phase.files.find((candidate) => phaseFile(phase, candidate).path === uri.path);
      if (file) {
        return file.diff;
      }
    }
    return 'The plan has no such file any more.\n';
  }

  /** The tables of `app`, of `app.Model`, or with an empty target all. */
  private async schema(target: string): Promise<string> {
    const folder = currentFolder();
    if (folder === undefined) {
      return '';
    }
    try {
      return await this.program.text(folder, 'schema', ...(target === 'all' ? [] : [target]));
    } catch (error) {
      return `${error instanceof Error ? error.message : String(error)}\n`;
    }
  }

  async showSchema(target?: string): Promise<void> {
    const prompt = 'An app, or app.Model; nothing for all tables';
    const asked = target ?? (await vscode.window.showInputBox({ prompt, placeHolder: 'shop.Order' }));
    if (asked === undefined) {
      return;
    }
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/schema/${asked.trim() || 'all'}.txt` });
    this.changes.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }
}
