/** What VS Code calls: wires the server and the views to commands, settings and trust. */

import * as vscode from 'vscode';
import { chooseBase } from './base';
import { Documents } from './documents';
import { currentFolder } from './folder';
import { Plans } from './plan';
import { PlanTree } from './planTree';
import { Preview } from './preview';
import { Program } from './program';
import { Server } from './server';
import { keepFirst, split } from './split';
import { Status } from './status';
import { whenQuiet } from './turns';

const PAUSE_MS = 300;

let server: Server | undefined;

/** What `activate` gives to other extensions. */
export interface Preboot {
  server: Server;
  status: Status;
  tree: PlanTree;
  preview: Preview;
}

export async function activate(context: vscode.ExtensionContext): Promise<Preboot> {
  const log = vscode.window.createOutputChannel('Preboot', { log: true });
  const running = new Server(context.extensionUri, log);
  server = running;
  const program = new Program(running, log);
  const plans = new Plans(running, program);
  const status = new Status(running);
  const preview = new Preview(plans);
  const documents = new Documents(program, plans);
  const tree = new PlanTree(plans);
  const view = vscode.window.createTreeView('preboot.plan', { treeDataProvider: tree });

  const restart = () => running.restart();
  /** A plan is made for those who look at it, once they pause. */
  const refreshPlan = whenQuiet(PAUSE_MS, () => {
    if (view.visible || preview.html !== undefined) {
      void plans.refresh();
    }
  });
  context.subscriptions.push(
    log,
    running,
    status,
    preview,
    documents.register(),
    view,
    view.onDidChangeVisibility(refreshPlan),
    running.onDidJudge(refreshPlan),
    vscode.window.onDidChangeActiveTextEditor(() => {
      if (plans.latest !== undefined && plans.latest.folder !== currentFolder()) {
        refreshPlan();
      }
    }),
    vscode.commands.registerCommand('preboot.plan', () => preview.show()),
    vscode.commands.registerCommand('preboot.refreshPlan', () => plans.refresh()),
    vscode.commands.registerCommand('preboot.openPhaseFile', (uri: string) =>
      vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(uri)),
    ),
    vscode.commands.registerCommand('preboot.split', (folder?: vscode.Uri) =>
      split(program, folder instanceof vscode.Uri ? folder : undefined),
    ),
    vscode.commands.registerCommand('preboot.keepFirst', keepFirst),
    vscode.commands.registerCommand('preboot.chooseBase', (base?: string) =>
      chooseBase(typeof base === 'string' ? base : undefined),
    ),
    vscode.commands.registerCommand('preboot.showSchema', (target?: string) =>
      documents.showSchema(typeof target === 'string' ? target : undefined),
    ),
    vscode.commands.registerCommand('preboot.restart', restart),
    vscode.commands.registerCommand('preboot.showLog', () => log.show()),
    vscode.window.onDidChangeWindowState(async ({ focused }) => {
      if (focused) {
        await running.focused();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration('preboot.path')) {
        await restart();
      }
    }),
  );
  await running.start();
  await vscode.commands.executeCommand('setContext', 'preboot.isActive', true);
  return { server: running, status, tree, preview };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
