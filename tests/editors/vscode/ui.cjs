// node ui.cjs URL PROJECT SHOTS: a user in the window of VS Code. Pictures of what is seen go to SHOTS.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { chromium } = require('playwright-core');

const [url, project, shots] = process.argv.slice(2);
const MIGRATION = 'campaign/migrations/0002_petition_fields.py';
const findings = process.env.FINDINGS.split('\n');
const PATIENCE_MS = 60_000;

async function main() {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
    ],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
  page.setDefaultTimeout(PATIENCE_MS);
  const shot = (name) => page.screenshot({ path: path.join(shots, `vscode-${name}.png`) });

  async function eventually(what, probe) {
    const end = Date.now() + PATIENCE_MS;
    while (!probe()) {
      assert.ok(Date.now() < end, `never: ${what}`);
      await page.waitForTimeout(50);
    }
  }

  async function step(name, body) {
    const started = Date.now();
    try {
      await body();
      console.log(`ok ${name} (${Date.now() - started} ms)`);
    } catch (problem) {
      console.log(`FAILED ${name}: ${problem.message.split('\n')[0]}`);
      await page.screenshot({ path: path.join(path.dirname(project), `failed-${name.replace(/\W+/g, '-')}.png`) });
    }
  }

  /** Runs a command by its title, as somebody who types it does. */
  async function command(title) {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').first().fill(`>${title}`);
    await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await page.keyboard.press('Enter');
  }

  const line = (text) => page.locator('.monaco-editor .view-line', { hasText: text }).first();
  const squiggles = page.locator('.monaco-editor .squiggly-error');
  const status = page.locator('.statusbar-item', { hasText: 'postgresql@15' }).first();

  await step('the window opens on the migration', async () => {
    const file = `vscode-remote://${new URL(url).host}${project}/${MIGRATION}`;
    const payload = encodeURIComponent(JSON.stringify([['openFile', file]]));
    await page.goto(`${url}/?folder=${encodeURIComponent(project)}&payload=${payload}`);
    await line('RemoveField').waitFor();
  });

  await step('squiggles', () => squiggles.first().waitFor());

  await step('the status bar says what is deployed, and how much is unsafe', async () => {
    const errors = findings.filter((finding) => finding.endsWith(' error')).length;
    const text = `HEAD · postgresql@15 · ${errors} unsafe`;
    await page.locator('.statusbar-item', { hasText: text }).first().waitFor();
  });

  await step('the Problems panel lists what `preboot check` finds', async () => {
    await command('Problems: Focus on Problems View');
    const rows = page.locator('.markers-panel .monaco-list-row');
    await rows.filter({ hasText: 'PB101' }).first().waitFor();
    assert.match(await rows.filter({ hasText: 'PB101' }).first().innerText(), /column campaign_petition\.requires_/);
    await page.locator('.markers-panel .monaco-list-row', { hasText: 'views.py' }).first().waitFor();
  });

  await step('hovering says what breaks, and which lock is taken', async () => {
    await line('RemoveField').locator('span span', { hasText: 'RemoveField' }).last().hover();
    const hover = page.locator('.monaco-hover:not(.hidden)', { hasText: 'ACCESS EXCLUSIVE' }).first();
    await hover.waitFor();
    await page.waitForTimeout(500);
    await shot('hover');
    await page.keyboard.press('Escape');
  });

  await step('the plan: a view, and a page that draws it', async () => {
    await command('View: Close Panel');
    await command('Explorer: Focus on Deploy Plan View');
    await page.locator('.monaco-list-row', { hasText: 'PR 1 of 2' }).first().waitFor();
    await command('Preboot: Show the Deploy Plan');
    const frame = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
    await frame.locator('h2', { hasText: 'As it is planned: 2 deploys' }).waitFor();
    assert.ok(await frame.locator('rect.breaks').count());
    // The link leads to the change of the file.
    await page.waitForTimeout(500);
    await shot('plan');
    await frame.locator('a', { hasText: MIGRATION }).first().click();
    await page.locator('.tab', { hasText: '0002_petition_fields.py.diff' }).first().waitFor();
    await command('View: Close All Editors in Group');
  });

  await step('a quick fix is applied', async () => {
    await command('Go to File...');
    await page.locator('.quick-input-widget input').first().fill('0002_petition_fields.py');
    await page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await page.keyboard.press('Enter');
    await line('migrations.AddField').click();
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget .monaco-list-row', { hasText: 'Make it nullable' }).first().waitFor();
    await page
      .locator('.action-widget .monaco-list-row', { hasText: 'Make it nullable' })
      .first()
      .click({ force: true });
    await line('null=True').waitFor();
    await command('File: Save All Files');
    await eventually('it is saved', () => fs.readFileSync(path.join(project, MIGRATION), 'utf8').includes('null=True'));
  });

  await step('a server that was killed comes back', async () => {
    const processes = () =>
      spawnSync('pgrep', ['-f', `${path.dirname(project)}.*/server/preboot server`], {
        encoding: 'utf8',
      }).stdout.trim();
    const old = processes();
    process.kill(Number.parseInt(old, 10), 'SIGKILL');
    await eventually('another server', () => processes() !== '' && processes() !== old);
    await squiggles.first().waitFor();
    await status.waitFor();
  });

  await step('the walkthrough: each of its steps shows what it tells of, and its button works', async () => {
    const steps = page.locator('.getting-started-step');
    const open = async (title) => {
      await command('Welcome: Open Walkthrough...');
      await page.locator('.quick-input-widget input').first().fill('Migrations without downtime');
      await page
        .locator('.quick-input-list .monaco-list-row', { hasText: 'Migrations without downtime' })
        .first()
        .click();
      await steps.filter({ hasText: title }).first().click();
    };
    const media = page.frameLocator('iframe.webview.ready:visible').last().frameLocator('iframe#active-frame');
    // A narrow page leaves out the pictures.
    await command('View: Close Primary Side Bar');
    await open('Old code meets the new schema');
    // As an image: VS Code takes the styles out of a drawing that it lays into the page.
    await page.getByAltText('A timeline of one deploy').first().waitFor();
    assert.equal(await steps.count(), 4);
    await shot('walkthrough');
    await open('Say what is deployed');
    await media.getByText('The deployed code is what serves now').waitFor();
    await page.locator('.monaco-button', { hasText: 'Choose the base' }).click();
    await page.locator('.quick-input-widget .monaco-list-row', { hasText: 'main' }).first().waitFor();
    await page.keyboard.press('Escape');
    await open('See what would break');
    await media.getByText('the light bulb has the fix').waitFor();
    await page.locator('.monaco-button', { hasText: 'Open the problems' }).click();
    await page.locator('.markers-panel').first().waitFor();
    await open('Deploy it in safe steps');
    await page.getByAltText('Removing a field in one PR and in two').first().waitFor();
    await page.locator('.monaco-button', { hasText: 'Show the plan' }).click();
    await media.locator('h2', { hasText: 'As it is planned' }).waitFor();
    await command('View: Close All Editors in Group');
  });

  // A view still uses a field that is gone: that is for somebody to change.
  await step('only the first PR stays, whose migration breaks nothing', async () => {
    await command('Preboot: Keep Only the First PR Here');
    await page.locator('.statusbar-item', { hasText: 'postgresql@15 · 1 unsafe' }).first().waitFor();
    await shot('first');
  });

  await browser.close();
  console.log('done');
}

main().catch((problem) => {
  console.error(problem);
  process.exit(1);
});
