/** The plan on a page: the change as it is written, the same in phases, and what to do in each. No script runs in it. */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { phaseFile } from './documents';
import { type Phase, type Planned, type Plans, promises } from './plan';
import { asPlanned, asWritten, escapeHtml } from './timeline';

const STYLE = `
  body { max-width: 60rem; margin: 0 auto; padding: 1rem 2rem 3rem; font-family: var(--vscode-font-family); color: var(--vscode-foreground); line-height: 1.5 }
  svg { width: 100%; height: auto; font: 12px var(--vscode-font-family) }
  svg text { fill: var(--vscode-foreground) } svg .on { fill: #fff } svg .event { fill: var(--vscode-descriptionForeground) } svg .label { font-weight: 600 }
  svg line { stroke: var(--vscode-descriptionForeground); stroke-dasharray: 4 4 }
  .schema { fill: #6e7781 } .next { fill: #8250df } .works { fill: #1a7f37 } .breaks { fill: #cf222e } .maybe { fill: #9a6700 }
  h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin-top: 2rem } h3 { font-size: 1rem } h1, h2, li { overflow-wrap: anywhere }
  .why, .rollback { color: var(--vscode-descriptionForeground) }
  code { font-family: var(--vscode-editor-font-family); background: var(--vscode-textCodeBlock-background); padding: 0 .2em }
  a { color: var(--vscode-textLink-foreground) }
`;

/** Several reasons come in one line. */
function reasons(name: string, text: string): string {
  const all = text.split('; ');
  return all.length === 1
    ? `<p class="${name}">${prose(text)}</p>`
    : list(
        'ul',
        all.map((reason) => `<span class="${name}">${prose(reason)}</span>`),
      );
}

/** Text of ours: what is between backticks is code. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]*)`/g, '<code>$1</code>');
}

function list(tag: 'ol' | 'ul', items: string[]): string {
  return items.length ? `<${tag}>${items.map((item) => `<li>${item}</li>`).join('')}</${tag}>` : '';
}

function section(phase: Phase, of: number): string {
  const files = phase.files.map((file) => {
    const target = encodeURIComponent(JSON.stringify([phaseFile(phase, file).toString()]));
    return `<a href="command:preboot.openPhaseFile?${target}">${escapeHtml(file.path)}</a> (${file.action})`;
  });
  return [
    `<h2>PR ${phase.number} of ${of}: ${prose(phase.title)}</h2>`,
    reasons('why', phase.why),
    list('ul', files),
    list(
      'ul',
      promises(phase).map((text) => `☐ ${prose(text)}`),
    ),
    list('ol', phase.deploy.map(prose)),
    phase.rollback ? `<h3>After a rollback</h3>${reasons('rollback', phase.rollback)}` : '',
  ].join('');
}

/** The page. `nonce` lets its one style sheet through. */
export function page({ plan, change }: Planned, nonce: string): string {
  const { phases } = plan;
  const body = [
    `<h1>${prose(plan.summary.charAt(0).toUpperCase() + plan.summary.slice(1))}</h1>`,
    change ? `<h2>As it is written: one deploy</h2>${asWritten(change)}` : '',
    phases.length > 1 ? `<h2>As it is planned: ${phases.length} deploys</h2>${asPlanned(phases)}` : '',
    ...phases.map((phase) => section(phase, phases.length)),
    plan.unplanned?.length ? '<h2>What has no plan</h2>' : '',
    list(
      'ul',
      (plan.unplanned ?? []).map(({ what, why }) => `${prose(what)}: <span class="why">${prose(why)}</span>`),
    ),
    plan.alternatives.length ? '<h2>Other ways</h2>' : '',
    list(
      'ul',
      plan.alternatives.map(
        ({ title, why, phases }) => `${prose(title)}: ${phases.length} PRs. <span class="why">${prose(why)}</span>`,
      ),
    ),
  ];
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'"><style nonce="${nonce}">${STYLE}</style></head><body>${body.join('')}</body></html>`;
}

export class Preview implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;

  constructor(private readonly plans: Plans) {
    plans.onDidChange(() => this.draw());
  }

  dispose(): void {
    this.panel?.dispose();
  }

  async show(): Promise<void> {
    await this.plans.refresh();
    if (this.plans.latest === undefined) {
      void vscode.window.showErrorMessage(`Preboot: ${this.plans.problem ?? 'open a folder first'}`);
      return;
    }
    if (this.panel === undefined) {
      this.panel = vscode.window.createWebviewPanel('preboot.plan', 'Deploy Plan', vscode.ViewColumn.Beside, {
        enableScripts: false,
        enableCommandUris: ['preboot.openPhaseFile'],
        localResourceRoots: [],
      });
      this.panel.onDidDispose(() => {
        this.panel = undefined;
      });
    }
    this.draw();
    this.panel.reveal();
  }

  /** What is shown, for those who can't see it. */
  get html(): string | undefined {
    return this.panel?.webview.html;
  }

  private draw(): void {
    const planned = this.plans.latest;
    if (this.panel && planned) {
      this.panel.webview.html = page(planned, randomBytes(16).toString('base64'));
    }
  }
}
