/** What VS Code calls: wires the server to commands, settings and trust. */

import * as vscode from 'vscode';
import { Server } from './server';

let server: Server | undefined;

/** What `activate` gives to other extensions. */
export interface Preboot {
  server: Server;
}

export async function activate(context: vscode.ExtensionContext): Promise<Preboot> {
  const log = vscode.window.createOutputChannel('Preboot', { log: true });
  const running = new Server(context.extensionUri, log);
  server = running;
  const restart = () => running.restart();
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand('preboot.restart', restart),
    vscode.commands.registerCommand('preboot.showLog', () => log.show()),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('preboot.path')) {
        void restart();
      }
    }),
  );
  await running.start();
  return { server: running };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
