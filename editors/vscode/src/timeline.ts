/** Draws which code meets which schema while the change is deployed, as SVG. Plain data in, text out. */

import type { Break, Change, Phase } from './plan';

const LEFT = 110;
const RIGHT = 860;
const BAR = 26;
const ROW = 34;

/** The top of a row. */
const y = (row: number) => 34 + row * ROW;

type Kind = 'schema' | 'next' | 'works' | 'breaks' | 'maybe';

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function bar(from: number, to: number, top: number, kind: Kind, text: string): string {
  const middle = (from + to) / 2;
  // What doesn't fit is in the tooltip.
  const room = Math.floor((to - from) / 6.5);
  const short = text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text;
  return `<g><title>${escapeHtml(text)}</title><rect class="${kind}" x="${from}" y="${top}" width="${to - from}" height="${BAR}" rx="4"/><text class="on" x="${middle}" y="${top + 17}" text-anchor="middle">${escapeHtml(short)}</text></g>`;
}

function event(x: number, height: number, text: string): string {
  return `<line x1="${x}" y1="24" x2="${x}" y2="${height}"/><text class="event" x="${x}" y="16" text-anchor="middle">${escapeHtml(text)}</text>`;
}

function label(top: number, text: string): string {
  return `<text class="label" x="0" y="${top + 17}">${escapeHtml(text)}</text>`;
}

function svg(height: number, name: string, parts: string[]): string {
  return `<svg viewBox="0 0 ${RIGHT + 10} ${height}" role="img" aria-label="${escapeHtml(name)}">${parts.join('')}</svg>`;
}

/** `every read and insert of shop.Order fails`, or undefined where nothing does. */
function outcome(breaks: Break[]): { kind: Kind; text: string } {
  const worst = breaks.some(({ certainty }) => certainty === 'always') ? 'always' : 'conditional';
  const those = breaks.filter(({ certainty }) => certainty === worst);
  if (those.length === 0) {
    return { kind: 'works', text: 'works' };
  }
  const models = new Map<string, Set<string>>();
  for (const { model, statement } of those) {
    models.set(model, (models.get(model) ?? new Set()).add(statement));
  }
  const list = [...models].map(([model, statements]) => `${[...statements].join(', ')} of ${model}`).join('; ');
  return worst === 'always' ? { kind: 'breaks', text: `fails: ${list}` } : { kind: 'maybe', text: `may fail: ${list}` };
}

/** The change in one deploy: where it breaks. */
export function asWritten(change: Change): string {
  const [migrate, gone, rollback] = [300, 610, 720];
  const old = outcome(change.old_on_new);
  const fresh = outcome(change.new_on_new);
  return svg(y(3) + 8, 'The change in one deploy', [
    event(migrate, y(2) + BAR, 'migrate'),
    event(gone, y(2) + BAR, 'old code is gone'),
    event(rollback, y(2) + BAR, 'rollback'),
    label(y(0), 'schema'),
    bar(LEFT, migrate - 2, y(0), 'schema', 'deployed'),
    bar(migrate + 2, RIGHT, y(0), 'next', 'new'),
    label(y(1), 'deployed code'),
    bar(LEFT, migrate - 2, y(1), 'works', 'works'),
    bar(migrate + 2, gone, y(1), old.kind, old.text),
    bar(rollback, RIGHT, y(1), old.kind, old.text),
    label(y(2), 'new code'),
    bar(migrate + 60, rollback - 4, y(2), fresh.kind, fresh.text),
  ]);
}

/** The same change in phases: each version of the code works on each schema that it meets. */
export function asPlanned(phases: Phase[]): string {
  const step = (RIGHT - LEFT) / (phases.length + 1);
  const at = (index: number) => LEFT + index * step;
  const rows = phases.length + 1;
  const parts: string[] = [];
  phases.forEach((phase, index) => {
    parts.push(event(at(index + 1), y(rows) + BAR, `PR ${phase.number}`));
  });
  parts.push(label(y(0), 'schema'));
  for (let index = 0; index < rows; index++) {
    const title = index === 0 ? 'deployed' : `after PR ${phases[index - 1]?.number}`;
    parts.push(
      bar(
        at(index) + (index ? 2 : 0),
        at(index + 1) - (index + 1 < rows ? 2 : 0),
        y(0),
        index ? 'next' : 'schema',
        title,
      ),
    );
  }
  for (let version = 0; version < rows; version++) {
    const isLast = version + 1 === rows;
    const from = version === 0 ? LEFT : at(version) + step * 0.15;
    const to = isLast ? RIGHT : at(version + 1) + step * 0.4;
    parts.push(label(y(version + 1), version === 0 ? 'deployed code' : `code of PR ${phases[version - 1]?.number}`));
    parts.push(bar(from, to, y(version + 1), 'works', isLast ? 'works' : 'works on both'));
  }
  return svg(y(rows) + ROW + 4, `The change in ${phases.length} deploys`, parts);
}
