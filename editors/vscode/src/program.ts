/** Runs the program for an answer: what the language server isn't asked for. It reads what is saved. */

import { execFile } from 'node:child_process';
import * as vscode from 'vscode';
import type { Server } from './server';

/** It found something to fail on, which is an answer. */
const FINDINGS = 1;
const MOST_OUTPUT = 64 * 1024 * 1024;

/** Settings that are flags of every subcommand. */
const FLAGS = { base: '--base', vendor: '--vendor', djangoVersion: '--django-version', deployOrder: '--deploy-order' };

export class Program {
  constructor(
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** What the subcommand prints for a folder. Rejects with what it complains of. */
  async text(folder: vscode.WorkspaceFolder, ...subcommand: string[]): Promise<string> {
    const program = this.server.program;
    if (program === undefined) {
      throw new Error('no program runs');
    }
    const settings = vscode.workspace.getConfiguration('preboot', folder);
    const flags = Object.entries(FLAGS).flatMap(([key, flag]) => {
      const value = settings.get<string | null>(key);
      return value ? [flag, value] : [];
    });
    const all = [...subcommand, ...flags, '--quiet'];
    this.log.debug(`${program} ${all.join(' ')}`);
    return new Promise((resolve, reject) => {
      execFile(program, all, { cwd: folder.uri.fsPath, maxBuffer: MOST_OUTPUT }, (error, stdout, stderr) => {
        if (error === null || error.code === FINDINGS) {
          resolve(stdout);
        } else {
          reject(new Error(stderr.trim() || error.message));
        }
      });
    });
  }

  async json<T>(folder: vscode.WorkspaceFolder, ...subcommand: string[]): Promise<T> {
    return JSON.parse(await this.text(folder, ...subcommand, '--output-format', 'json')) as T;
  }
}
