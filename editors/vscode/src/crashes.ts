/** What to do about a server that crashes: start it again, each time a little later, and give up on one that keeps crashing. */

import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  type ErrorHandler,
  type ErrorHandlerResult,
} from 'vscode-languageclient/node';

/** More crashes than this within `WINDOW_MS` are too many. */
const MOST = 5;
const WINDOW_MS = 3 * 60 * 1000;
const FIRST_DELAY_MS = 500;

export class Crashes implements ErrorHandler {
  private times: number[] = [];
  /** Ends the wait for the next start. */
  private wake: (() => void) | undefined;
  private isOver = false;

  /** A write to a server that has just died fails before its end is noticed: `closed` is sure to follow. */
  error(): ErrorHandlerResult {
    return { action: ErrorAction.Continue, handled: true };
  }

  async closed(): Promise<CloseHandlerResult> {
    const now = Date.now();
    this.times = [...this.times.filter((time) => now - time < WINDOW_MS), now];
    if (this.times.length > MOST) {
      return { action: CloseAction.DoNotRestart, message: tooMany() };
    }
    await this.wait(this.times.length === 1 ? 0 : FIRST_DELAY_MS * 2 ** (this.times.length - 2));
    return { action: this.isOver ? CloseAction.DoNotRestart : CloseAction.Restart, handled: true };
  }

  /** The server was stopped: nothing is to be started any more. */
  forget(): void {
    this.isOver = true;
    this.wake?.();
  }

  private wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, milliseconds);
    });
  }
}

function tooMany(): string {
  return `The Preboot server crashed ${MOST + 1} times within three minutes and is not started again. “Preboot: Restart Server” starts it, “Preboot: Show Log” says more.`;
}
