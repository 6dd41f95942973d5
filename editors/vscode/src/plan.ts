/** The plan of a folder's change. */

import * as vscode from 'vscode';
import { currentFolder, isRoot } from './folder';
import type { Program } from './program';
import type { Server } from './server';
import { inTurns } from './turns';

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

/** What is said of the change as it is written. */
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

/** An entry of what `preboot/plan` answers. */
type Answer = Plan & { root: string | null; change: Change | null };

export class Plans {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changes.event;
  /** The newest one that could be made. */
  latest: Planned | undefined;
  /** Why there is none. */
  problem: string | undefined;

  constructor(
    private readonly server: Server,
    private readonly program: Program,
  ) {}

  /** Makes the plan of the current folder's change, of texts that are not saved too. */
  readonly refresh = inTurns(async () => {
    const folder = currentFolder();
    if (folder === undefined) {
      return;
    }
    try {
      this.latest = (await this.asked(folder)) ?? (await this.ofWhatIsSaved(folder));
      this.problem = undefined;
    } catch (error) {
      this.latest = undefined;
      this.problem = error instanceof Error ? error.message : String(error);
    }
    this.changes.fire();
  });

  private async asked(folder: vscode.WorkspaceFolder): Promise<Planned | undefined> {
    const answers = await this.server.ask<Answer[]>('preboot/plan', {});
    const plan = answers?.find(({ root }) => isRoot(root, folder));
    return plan && { folder, plan, change: plan.change };
  }

  /** Where the server has no answer the program has one, or says why there is none. */
  private async ofWhatIsSaved(folder: vscode.WorkspaceFolder): Promise<Planned> {
    const [plan, report] = await Promise.all([
      this.program.json<Plan>(folder, 'plan'),
      this.program.json<{ change: Change | null }>(folder, 'check'),
    ]);
    return { folder, plan, change: report.change };
  }
}
