// The status bar, the deploy plan and the schema. Runs inside VS Code's extension host.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const vscode = require('vscode');
const { eventually, eventuallyShown, file, folder, open, runSteps } = require('./steps.cjs');

const MIGRATION = 'campaign/migrations/0002_petition_fields.py';
const git = (...words) => execFileSync('git', ['-C', folder().fsPath, ...words], { encoding: 'utf8' }).trim();
const unsafe = process.env.FINDINGS.split('\n').filter((line) => line.endsWith(' error')).length;

/** @type {import('../../../editors/vscode/src/extension').Preboot} */
let preboot;

/** The text of a document that is no file. */
const textOf = async (uri) => (await vscode.workspace.openTextDocument(uri)).getText();

exports.run = () =>
  runSteps({
    'the status bar has the base, the database, and how much is unsafe': async () => {
      preboot = await vscode.extensions.getExtension('preboot.preboot').activate();
      await open(MIGRATION);
      await eventuallyShown(process.env.FINDINGS);
      const text = `$(warning) HEAD · postgresql@15 · ${unsafe} unsafe`;
      await eventually(text, () => preboot.status.item.text === text);
      assert.match(preboot.status.item.tooltip, /changes on the main branch that are not committed/);
      assert.equal(preboot.status.item.command, 'preboot.chooseBase');
    },

    'the view has the phases, their files and the steps of their deploys': async () => {
      await vscode.commands.executeCommand('preboot.refreshPlan');
      const phases = preboot.tree.getChildren();
      assert.deepEqual(
        phases.map((phase) => preboot.tree.getTreeItem(phase).label),
        ['PR 1 of 2', 'PR 2 of 2'],
      );
      const items = preboot.tree.getChildren(phases[0]).map((node) => preboot.tree.getTreeItem(node));
      const labels = items.map(({ label }) => label);
      assert.ok(labels.includes(MIGRATION), labels.join('\n'));
      assert.ok(labels.includes('campaign/models.py'), labels.join('\n'));
      assert.ok(
        labels.some((label) => /^Merge and deploy it alone/.test(label)),
        labels.join('\n'),
      );
      const change = await textOf(items[labels.indexOf(MIGRATION)].command.arguments[0]);
      assert.match(change, /^diff --git a\/campaign\/migrations\/0002_petition_fields\.py/);
      assert.match(change, /SeparateDatabaseAndState/);
    },

    'the preview draws where the change breaks, and where it no longer does': async () => {
      await vscode.commands.executeCommand('preboot.plan');
      const html = await eventually('a page', () => preboot.preview.html);
      fs.writeFileSync(`${folder().fsPath}/../preview.html`, html);
      assert.match(html, /As it is written: one deploy/);
      assert.match(html, /class="breaks"[^>]*>.*?fails: /);
      assert.match(html, /As it is planned: 2 deploys/);
      assert.match(html, /<h2>PR 2 of 2: /);
      assert.match(html, /works on both/);
      assert.doesNotMatch(html, /<script/);
    },

    'the plan follows what is typed': async () => {
      const document = await open(MIGRATION);
      const text = document.getText();
      const edit = new vscode.WorkspaceEdit();
      const start = document.positionAt(text.indexOf('migrations.RemoveField'));
      const end = document.positionAt(text.indexOf('migrations.AddField'));
      edit.delete(document.uri, new vscode.Range(start, end));
      assert.ok(await vscode.workspace.applyEdit(edit));
      await eventually('another page', () => !/PR 2 of 2/.test(preboot.preview.html));
      assert.ok(document.isDirty);
      await open(MIGRATION);
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await eventually('the page of before', () => /PR 2 of 2/.test(preboot.preview.html));
    },

    'the status bar counts what is typed': async () => {
      const document = await open('campaign/views.py');
      const edit = new vscode.WorkspaceEdit();
      edit.delete(document.uri, new vscode.Range(0, 0, document.lineCount, 0));
      assert.ok(await vscode.workspace.applyEdit(edit));
      const inViews = process.env.FINDINGS.match(/^campaign\/views\.py.* error$/gm).length;
      await eventually('another count', () => preboot.status.item.text.endsWith(` ${unsafe - inViews} unsafe`));
      assert.ok(document.isDirty);
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await eventually('the count of before', () => preboot.status.item.text.endsWith(` ${unsafe} unsafe`));
    },

    'the phases are written as patches, each on top of the one before': async () => {
      const patches = file('.git/patches');
      await vscode.commands.executeCommand('preboot.split', patches);
      const names = fs.readdirSync(patches.fsPath).sort();
      assert.equal(names.length, 2);
      const work = file('.git/other').fsPath;
      git('worktree', 'add', '--quiet', '--detach', work, 'HEAD');
      for (const name of names) {
        execFileSync('git', ['-C', work, 'apply', `${patches.fsPath}/${name}`]);
      }
      assert.ok(fs.existsSync(`${work}/${MIGRATION}`));
      git('worktree', 'remove', '--force', work);
    },

    'the schema is a document': async () => {
      await vscode.commands.executeCommand('preboot.showSchema', 'campaign.Petition');
      const text = vscode.window.activeTextEditor.document.getText();
      assert.match(text, /^campaign_petition {2}campaign\.Petition\n/);
      assert.match(text, /show_country_field/);
    },

    'another base changes the findings and the status bar': async () => {
      git('add', '--all');
      const tree = git('write-tree');
      const commit = git('-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit-tree', '-m', 'x', tree);
      git('reset', '--quiet');
      git('branch', 'all-of-it', commit);
      await open(MIGRATION);
      await vscode.commands.executeCommand('preboot.chooseBase', 'all-of-it');
      await eventually('the other base', () => /\) all-of-it · postgresql@15/.test(preboot.status.item.text));
      assert.equal(vscode.workspace.getConfiguration('preboot').get('base'), 'all-of-it');
      await vscode.commands.executeCommand('preboot.chooseBase', '');
      await eventuallyShown(process.env.FINDINGS);
      await eventually('the base of before', () => /\) HEAD · /.test(preboot.status.item.text));
    },

    'a plan that can’t be made says why': async () => {
      await vscode.commands.executeCommand('preboot.chooseBase', 'no-such-revision');
      await vscode.commands.executeCommand('preboot.refreshPlan');
      const [node] = preboot.tree.getChildren();
      assert.match(preboot.tree.getTreeItem(node).label, /no-such-revision/);
      await vscode.commands.executeCommand('preboot.chooseBase', '');
      await vscode.commands.executeCommand('preboot.refreshPlan');
      assert.equal(preboot.tree.getChildren().length, 2);
    },

    'the first PR alone is kept': async () => {
      const document = await open(MIGRATION);
      await vscode.commands.executeCommand('preboot.keepFirst');
      await eventually('its migration', () => /SeparateDatabaseAndState/.test(document.getText()));
      assert.ok(document.isDirty);
      await eventually('fewer errors', () => !preboot.status.item.text.endsWith(` ${unsafe} unsafe`));
    },
  });
