/** The plan of a folder's change: as `preboot plan --output-format json` and `preboot check` tell it. */

import * as vscode from 'vscode';
import { currentFolder, type Program } from './program';

export interface PlannedFile {
  path: string;
  action: 'create' | 'edit' | 'delete';
  diff: string;
}

export interface Phase {
  number: number;
  title: string;
  why: string;
  body: string;
  files: PlannedFile[];
  deploy: string[];
  rollback: string;
  checked: boolean;
}

export interface Alternative {
  title: string;
  why: string;
  phases: Phase[];
}

export interface Plan {
  summary: string;
  phases: Phase[];
  alternatives: Alternative[];
  /** What has no plan. Old programs don’t say. */
  unplanned?: { what: string; why: string }[];
}

/** What a person has to see to: the boxes to tick in the text of the PR. */
export function promises(phase: Phase): string[] {
  return [...phase.body.matchAll(/^- \[ \] (.*)$/gm)].map(([, text]) => text ?? '');
}

export interface Break {
  model: string;
  statement: string;
  certainty: 'always' | 'conditional';
  why: string;
}

/** What `check` says of the change as it is written. */
export interface Change {
  verdict: 'safe' | 'conditional' | 'breaks' | 'unknown' | 'fails';
  old_on_new: Break[];
  new_on_new: Break[];
}

export interface Planned {
  folder: vscode.WorkspaceFolder;
  plan: Plan;
  change: Change | null;
}

export class Plans {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changes.event;
  /** The newest one that could be made. */
  latest: Planned | undefined;
  /** Why there is none. */
  problem: string | undefined;
  private turn = 0;

  constructor(private readonly program: Program) {}

  /** Makes the plan of what is saved. One that is overtaken by a later call is dropped. */
  async refresh(): Promise<Planned | undefined> {
    const turn = ++this.turn;
    const folder = currentFolder();
    if (folder === undefined) {
      return undefined;
    }
    try {
      const [plan, report] = await Promise.all([
        this.program.json<Plan>(folder, 'plan'),
        this.program.json<{ change: Change | null }>(folder, 'check'),
      ]);
      if (turn !== this.turn) {
        return this.latest;
      }
      this.latest = { folder, plan, change: report.change };
      this.problem = undefined;
    } catch (error) {
      if (turn === this.turn) {
        this.latest = undefined;
        this.problem = error instanceof Error ? error.message : String(error);
      }
    }
    this.changes.fire();
    return this.latest;
  }
}
