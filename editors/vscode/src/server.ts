/** The language server: one process for the window, however many folders it has. */

import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions, State, type StaticFeature } from 'vscode-languageclient/node';
import { Crashes } from './crashes';
import { findExecutable } from './executable';

/** Python, and the templates that name fields. */
const DOCUMENTS = ['python', 'django-html', 'html'].map((language) => ({ scheme: 'file', language }));

/** Has the server tell of each verdict. */
const HEARS_OF_VERDICTS: StaticFeature = {
  fillClientCapabilities(capabilities) {
    capabilities.experimental = { ...(capabilities.experimental as object), preboot: { didJudge: true } };
  },
  initialize() {},
  getState: () => ({ kind: 'static' }),
  clear() {},
};

export class Server implements vscode.Disposable {
  private readonly judgements = new vscode.EventEmitter<void>();
  /** There is another verdict, on texts that are not saved too; or the server is gone. */
  readonly onDidJudge = this.judgements.event;
  private running: { client: LanguageClient; crashes: Crashes } | undefined;
  /** Starts and stops take their turns: two restarts at once would leave two servers behind. */
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly extension: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** The program that was found last, or none. */
  program: string | undefined;

  start(): Promise<void> {
    return this.next(() => this.launch());
  }

  stop(): Promise<void> {
    return this.next(() => this.halt());
  }

  /** Looks for the program again: it may have been installed since. */
  restart(): Promise<void> {
    return this.next(async () => {
      await this.halt();
      await this.launch();
    });
  }

  /** The user has come back to the window, and may have done things elsewhere. */
  async focused(): Promise<void> {
    const client = this.running?.client;
    if (client?.isRunning()) {
      await client.sendNotification('preboot/didFocus');
    }
  }

  /** What the server answers. Undefined where none runs, or where it can't. */
  async ask<T>(method: string, parameters?: object): Promise<T | undefined> {
    const client = this.running?.client;
    if (!client?.isRunning()) {
      return undefined;
    }
    try {
      return await (parameters ? client.sendRequest<T>(method, parameters) : client.sendRequest<T>(method));
    } catch (error) {
      this.log.debug(`${method}: ${String(error)}`);
      return undefined;
    }
  }

  dispose(): void {
    this.judgements.dispose();
  }

  private next(step: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(step);
    return this.turn;
  }

  private async launch(): Promise<void> {
    const command = await findExecutable(this.extension);
    this.program = command;
    if (command === undefined) {
      void this.complain(missing());
      return;
    }
    this.log.info(`Starting ${command}`);
    const crashes = new Crashes();
    const options: LanguageClientOptions = {
      documentSelector: DOCUMENTS,
      outputChannel: this.log,
      traceOutputChannel: this.log,
      errorHandler: crashes,
      initializationOptions: () => vscode.workspace.getConfiguration('preboot'),
    };
    const client = new LanguageClient('preboot', 'Preboot', { command, args: ['server'] }, options);
    client.registerFeature(HEARS_OF_VERDICTS);
    client.onNotification('preboot/didJudge', () => this.judgements.fire());
    client.onDidChangeState(({ newState }) => newState === State.Stopped && this.judgements.fire());
    this.running = { client, crashes };
    try {
      await client.start();
    } catch {
      // The client has logged it and shown it.
    }
  }

  private async halt(): Promise<void> {
    const running = this.running;
    this.running = undefined;
    running?.crashes.forget();
    try {
      await running?.client.dispose();
    } catch (error) {
      // It hangs, or has crashed too often: the process is killed in either case.
      this.log.warn(`The server did not stop as it should: ${String(error)}`);
    }
  }

  private async complain(message: string): Promise<void> {
    this.log.error(message);
    const [settings, log] = ['Open Settings', 'Show Log'];
    const answer = await vscode.window.showErrorMessage(message, settings, log);
    if (answer === settings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'preboot.path');
    } else if (answer === log) {
      this.log.show();
    }
  }
}

function missing(): string {
  const setting = vscode.workspace.getConfiguration('preboot').get<string>('path', '').trim();
  if (setting) {
    return `Preboot: the setting preboot.path names ${setting}, which is no program.`;
  }
  return 'Preboot found no program `preboot`: install it in the project’s virtual environment (`pip install preboot`), or set preboot.path.';
}
