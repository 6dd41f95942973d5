/** The view "Deploy Plan": phases, and in each its files, the steps of its deploy, and what a person has to see to. */

import * as vscode from 'vscode';
import { phaseFile } from './documents';
import { type Phase, type PlannedFile, type Plans, promises } from './plan';

type Node =
  | { kind: 'phase'; phase: Phase; of: number }
  | { kind: 'file'; phase: Phase; file: PlannedFile }
  | { kind: 'step'; text: string }
  | { kind: 'promise'; text: string }
  | { kind: 'rollback'; text: string }
  | { kind: 'problem'; text: string };

const FILE_ICONS = { create: 'diff-added', edit: 'diff-modified', delete: 'diff-removed' };
const ICONS = { step: 'circle-outline', promise: 'person', rollback: 'discard', problem: 'warning' };

export class PlanTree implements vscode.TreeDataProvider<Node> {
  readonly onDidChangeTreeData: vscode.Event<void>;

  constructor(private readonly plans: Plans) {
    this.onDidChangeTreeData = plans.onDidChange;
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) {
      if (this.plans.problem !== undefined) {
        return [{ kind: 'problem', text: this.plans.problem }];
      }
      const phases = this.plans.latest?.plan.phases ?? [];
      const unplanned = this.plans.latest?.plan.unplanned ?? [];
      return [
        ...phases.map((phase): Node => ({ kind: 'phase', phase, of: phases.length })),
        ...unplanned.map(({ what, why }): Node => ({ kind: 'problem', text: `No plan for ${what}: ${why}` })),
      ];
    }
    if (node.kind !== 'phase') {
      return [];
    }
    const { phase } = node;
    return [
      ...phase.files.map((file): Node => ({ kind: 'file', phase, file })),
      ...promises(phase).map((text): Node => ({ kind: 'promise', text })),
      ...phase.deploy.map((text): Node => ({ kind: 'step', text })),
      ...(phase.rollback ? [{ kind: 'rollback', text: `After a rollback: ${phase.rollback}` } as Node] : []),
    ];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'phase') {
      const { phase, of } = node;
      const item = new vscode.TreeItem(`PR ${phase.number} of ${of}`, vscode.TreeItemCollapsibleState.Expanded);
      item.description = phase.title;
      item.tooltip = new vscode.MarkdownString(phase.body);
      item.iconPath = new vscode.ThemeIcon(phase.checked ? 'pass' : 'question');
      return item;
    }
    if (node.kind === 'file') {
      const { phase, file } = node;
      const item = new vscode.TreeItem(file.path);
      item.iconPath = new vscode.ThemeIcon(FILE_ICONS[file.action]);
      item.command = { command: 'vscode.open', title: 'Open', arguments: [phaseFile(phase, file)] };
      return item;
    }
    const item = new vscode.TreeItem(node.text);
    item.tooltip = node.text;
    item.iconPath = new vscode.ThemeIcon(ICONS[node.kind]);
    return item;
  }
}
