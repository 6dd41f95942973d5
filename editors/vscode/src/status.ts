/** The entry in the status bar: the base, the database, and how much is unsafe. A click chooses the base. */

import * as vscode from 'vscode';
import { currentFolder, isRoot } from './folder';
import type { Server } from './server';
import { inTurns } from './turns';

/** An entry of what `preboot/status` answers. */
interface FolderStatus {
  root: string | null;
  base: { rev: string; commit: string; how: string } | null;
  vendor: string;
  vendorVersion: string;
  django: string;
  verdict: string | null;
  migrations: number;
  findings: { errors: number };
  notes: string[];
}

/** Who says what is deployed. */
const HOW: Record<string, string> = {
  flag: 'command line',
  config: 'the configuration, or the settings',
  environment: 'the variable PREBOOT_BASE',
  ci: 'what CI says',
  'merge-base': 'the merge base with the main branch',
  'first-parent': 'the first parent: a clean work tree on the main branch',
  head: 'changes on the main branch that are not committed',
};
const COMMIT_LENGTH = 10;
const ICONS: Record<string, string> = { safe: 'pass', conditional: 'info', unknown: 'question' };

export class Status implements vscode.Disposable {
  readonly item = vscode.window.createStatusBarItem('preboot', vscode.StatusBarAlignment.Left);
  private readonly listeners: vscode.Disposable[];
  private folders: FolderStatus[] = [];

  constructor(private readonly server: Server) {
    this.item.name = 'Preboot';
    this.item.command = 'preboot.chooseBase';
    this.listeners = [
      server.onDidJudge(() => this.refresh()),
      vscode.window.onDidChangeActiveTextEditor(() => this.show()),
    ];
  }

  dispose(): void {
    this.item.dispose();
    vscode.Disposable.from(...this.listeners).dispose();
  }

  /** Asks what the server says of its folders, unsaved texts included. */
  readonly refresh = inTurns(async () => {
    this.folders = (await this.server.ask<FolderStatus[]>('preboot/status')) ?? [];
    this.show();
  });

  private show(): void {
    const folder = currentFolder();
    const status = folder && this.folders.find(({ root }) => isRoot(root, folder));
    if (status === undefined) {
      this.item.hide();
      return;
    }
    const { base, vendor, vendorVersion, verdict, findings } = status;
    const unsafe = findings.errors;
    const icon = unsafe ? 'warning' : (ICONS[verdict ?? 'safe'] ?? 'warning');
    const rev = base?.rev ?? 'no base';
    this.item.text = `$(${icon}) ${rev} · ${vendor}@${vendorVersion} · ${unsafe} unsafe`;
    this.item.backgroundColor = unsafe ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.tooltip = [
      base
        ? `Deployed code: ${rev}, ${base.commit.slice(0, COMMIT_LENGTH)} (${HOW[base.how] ?? base.how})`
        : 'Deployed code: not known, there is no git repository',
      `Database: ${vendor} ${vendorVersion}, Django ${status.django}`,
      `The change: ${verdict ?? 'nothing new'}, ${status.migrations} new migrations, ${unsafe} errors`,
      ...status.notes.map((note) => `Note: ${note}`),
      'Click to choose the deployed code.',
    ].join('\n');
    this.item.show();
  }
}
