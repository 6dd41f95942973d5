/** What VS Code calls: wires the server and the views to commands, settings and trust. */

import * as vscode from 'vscode';
import { chooseBase } from './base';
import { Documents } from './documents';
import { Plans } from './plan';
import { PlanTree } from './planTree';
import { Preview } from './preview';
import { Program } from './program';
import { Server } from './server';
import { split } from './split';
import { Status } from './status';

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
  const plans = new Plans(program);
  const status = new Status(running);
  const preview = new Preview(plans);
  const documents = new Documents(program, plans);
  const tree = new PlanTree(plans);
  const view = vscode.window.createTreeView('preboot.plan', { treeDataProvider: tree });

  const restart = () => running.restart();
  /** A plan is made for those who look at it. */
  const refreshPlan = async () => {
    if (view.visible || preview.html !== undefined) {
      await plans.refresh();
    }
  };
  context.subscriptions.push(
    log,
    running,
    status,
    preview,
    documents.register(),
    view,
    view.onDidChangeVisibility(refreshPlan),
    vscode.workspace.onDidSaveTextDocument(refreshPlan),
    vscode.commands.registerCommand('preboot.plan', () => preview.show()),
    vscode.commands.registerCommand('preboot.refreshPlan', () => plans.refresh().then(() => undefined)),
    vscode.commands.registerCommand('preboot.openPhaseFile', (uri: string) =>
      vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(uri)),
    ),
    vscode.commands.registerCommand('preboot.split', (folder?: vscode.Uri) =>
      split(program, folder instanceof vscode.Uri ? folder : undefined),
    ),
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
        await Promise.all([running.focused(), refreshPlan()]);
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration('preboot.path')) {
        await restart();
      } else if (change.affectsConfiguration('preboot')) {
        await refreshPlan();
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
