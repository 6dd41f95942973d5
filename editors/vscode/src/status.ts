/** The entry in the status bar: the base, the database, and how much is unsafe. A click chooses the base. */

import * as vscode from 'vscode';
import { currentFolder, type Program } from './program';

interface Key {
  key: string;
  value: unknown;
  origin: string | Record<string, string>;
}

export class Status implements vscode.Disposable {
  readonly item = vscode.window.createStatusBarItem('preboot', vscode.StatusBarAlignment.Left);
  /** Whose status it is. */
  private folder: vscode.WorkspaceFolder | undefined;
  private base: Key | undefined;
  private vendor: Key | undefined;
  private readonly listeners: vscode.Disposable[];
  private turn = 0;

  constructor(private readonly program: Program) {
    this.item.name = 'Preboot';
    this.item.command = 'preboot.chooseBase';
    this.listeners = [
      vscode.languages.onDidChangeDiagnostics(() => this.show()),
      vscode.window.onDidChangeActiveTextEditor(() => (currentFolder() === this.folder ? undefined : this.refresh())),
      vscode.workspace.onDidSaveTextDocument(() => this.refresh()),
    ];
  }

  dispose(): void {
    this.item.dispose();
    vscode.Disposable.from(...this.listeners).dispose();
  }

  /** Asks which configuration holds. */
  async refresh(): Promise<void> {
    const turn = ++this.turn;
    const folder = currentFolder();
    this.folder = folder;
    let keys: Key[] = [];
    try {
      keys = folder ? await this.program.json<Key[]>(folder, 'config') : [];
    } catch {
      // The server says what is wrong with a configuration, at its place.
    }
    if (turn !== this.turn) {
      return;
    }
    this.base = keys.find(({ key }) => key === 'base');
    this.vendor = keys.find(({ key }) => key === 'vendor');
    this.show();
  }

  private show(): void {
    if (this.base === undefined && this.vendor === undefined) {
      this.item.hide();
      return;
    }
    const unsafe = countUnsafe();
    const base = this.base?.value ?? 'no base';
    this.item.text = `$(${unsafe ? 'warning' : 'pass'}) ${base} · ${this.vendor?.value ?? ''} · ${unsafe} unsafe`;
    this.item.backgroundColor = unsafe ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.tooltip = [
      `Deployed code: ${base} (${origin(this.base)})`,
      `Database: ${this.vendor?.value} (${origin(this.vendor)})`,
      `${unsafe} errors of Preboot in this window`,
      'Click to choose the deployed code.',
    ].join('\n');
    this.item.show();
  }
}

function origin(key: Key | undefined): string {
  return typeof key?.origin === 'string' ? key.origin : Object.values(key?.origin ?? {}).join(', ') || 'not known';
}

function countUnsafe(): number {
  const found = vscode.languages.getDiagnostics().flatMap(([, diagnostics]) => diagnostics);
  return found.filter(({ source, severity }) => source === 'preboot' && severity === vscode.DiagnosticSeverity.Error)
    .length;
}
