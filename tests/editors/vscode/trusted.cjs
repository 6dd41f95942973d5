// The extension in a workspace that is trusted. Runs inside VS Code's extension host.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const vscode = require('vscode');
const {
  anotherServer,
  eventually,
  eventuallyShown,
  file,
  foundOnDisk,
  open,
  placeOf,
  runSteps,
  servers,
} = require('./steps.cjs');

const MIGRATION = 'campaign/migrations/0002_petition_fields.py';
const MODELS = 'campaign/models.py';
/** How many code actions are resolved: all. */
const RESOLVED = 100;
const findings = process.env.FINDINGS;

const settings = () => vscode.workspace.getConfiguration('preboot');

/** Applies the first code action with that title on the first `AddField`, and takes it back. */
async function act(title, traces) {
  const documents = new Map();
  for (const name of Object.keys(traces)) {
    const document = await open(name);
    documents.set(document, { before: document.getText(), trace: traces[name] });
  }
  const migration = await open(MIGRATION);
  const at = placeOf(migration, 'migrations.AddField');
  const actions = await vscode.commands.executeCommand(
    'vscode.executeCodeActionProvider',
    migration.uri,
    new vscode.Range(at, at),
    undefined,
    RESOLVED,
  );
  const action = actions.find((candidate) => candidate.title === title);
  assert.ok(action, `none of: ${actions.map((candidate) => candidate.title).join(', ')}`);
  assert.ok(await vscode.workspace.applyEdit(action.edit));
  for (const [document, { trace }] of documents) {
    assert.match(document.getText(), trace);
    assert.ok(await document.save());
  }
  const after = foundOnDisk();
  assert.notEqual(after, findings);
  await eventuallyShown(after);

  for (const [document, { before }] of documents) {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), before);
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.ok(await document.save());
  }
  await eventuallyShown(findings);
}

exports.run = () =>
  runSteps({
    'the extension starts in a folder that has a manage.py, and runs the program that came with it': async () => {
      const extension = vscode.extensions.getExtension('preboot.preboot');
      await eventually('active', () => extension.isActive);
      assert.equal(
        await anotherServer(),
        `${vscode.Uri.joinPath(extension.extensionUri, 'server/preboot').fsPath} server`,
      );
    },

    'the findings are those of `preboot check`, in files that are not open too': async () => {
      assert.match(findings, /campaign\/views\.py/);
      await open(MIGRATION);
      await eventuallyShown(findings);
    },

    'hover says what breaks': async () => {
      const document = await open(MIGRATION);
      const hovers = await vscode.commands.executeCommand(
        'vscode.executeHoverProvider',
        document.uri,
        placeOf(document, 'RemoveField'),
      );
      const text = hovers
        .flatMap((hover) => hover.contents)
        .map((content) => content.value)
        .join('\n');
      assert.match(text, /column campaign_petition\.requires_country_code does not exist/);
    },

    'symbols: the operations of a migration': async () => {
      const symbols = await vscode.commands.executeCommand('vscode.executeDocumentSymbolProvider', file(MIGRATION));
      const names = symbols
        .flatMap(({ children }) => children.map(({ name, detail }) => `${name} ${detail}`))
        .join('\n');
      assert.match(names, /requires_postal_code/);
      assert.match(names, /show_country_field/);
    },

    'definition: from an operation to the field': async () => {
      const document = await open(MIGRATION);
      const at = placeOf(document, 'show_country_field');
      const [place] = await vscode.commands.executeCommand('vscode.executeDefinitionProvider', document.uri, at);
      assert.equal((place.targetUri ?? place.uri).fsPath, file(MODELS).fsPath);
    },

    'an edit that is not saved changes the findings of other files': async () => {
      const document = await open(MODELS);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(
        document.uri,
        new vscode.Position(placeOf(document, 'campaign_id').line + 1, 0),
        `    ${process.env.TYPED}\n`,
      );
      assert.ok(await vscode.workspace.applyEdit(edit));
      await eventuallyShown(process.env.FINDINGS_TYPED);
      assert.ok(document.isDirty);
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await eventuallyShown(findings);
    },

    'a setting is followed at once': async () => {
      await settings().update('ignore', ['PB3'], vscode.ConfigurationTarget.Workspace);
      await eventuallyShown(findings.replace(/^.* PB3.*\n?/gm, ''));
      await settings().update('ignore', undefined, vscode.ConfigurationTarget.Workspace);
      await eventuallyShown(findings);
    },

    'the code action "Make it nullable" leaves what `preboot check` finds then': () =>
      act('Make it nullable', { [MIGRATION]: /null=True/, [MODELS]: /null=True/ }),

    'the code action "Ignore PB105 with a reason" leaves what `preboot check` finds then': () =>
      act('Ignore PB105 with a reason', { [MIGRATION]: /preboot: ignore\[PB105\]/ }),

    'a server that was killed comes back, although it was being written to': async () => {
      const document = await open(MODELS);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, new vscode.Position(document.lineCount, 0), '# The end.\n');
      assert.ok(await vscode.workspace.applyEdit(edit));
      const [old] = servers();
      const saved = document.save();
      process.kill(Number.parseInt(old, 10), 'SIGKILL');
      assert.ok(await saved);
      await anotherServer(old);
      await eventuallyShown(findings);
    },

    'a server that keeps crashing is started later and later, and at last no more': async () => {
      for (let crash = 2; crash <= 5; crash++) {
        const [old] = servers();
        process.kill(Number.parseInt(old, 10), 'SIGKILL');
        await anotherServer(old);
        // Killed while it starts, it would never have started for the client.
        await eventuallyShown(findings);
      }
      process.kill(Number.parseInt(servers()[0], 10), 'SIGKILL');
      await eventuallyShown('');
      assert.deepEqual(servers(), []);
      await vscode.commands.executeCommand('preboot.restart');
      await eventuallyShown(findings);
    },

    'the restart command starts another server': async () => {
      const [old] = servers();
      await vscode.commands.executeCommand('preboot.restart');
      await anotherServer(old);
      await eventuallyShown(findings);
    },

    'the program in the virtual environment comes before the one of the extension': async () => {
      const program = file('.venv/bin/preboot').fsPath;
      fs.mkdirSync(file('.venv/bin').fsPath, { recursive: true });
      fs.symlinkSync(process.env.PREBOOT, program);
      const [old] = servers();
      await vscode.commands.executeCommand('preboot.restart');
      assert.equal(await anotherServer(old), `${program} server`);
      await eventuallyShown(findings);
    },

    'the program of the setting comes before all, at once': async () => {
      const program = file('elsewhere/preboot').fsPath;
      fs.mkdirSync(file('elsewhere').fsPath);
      fs.symlinkSync(process.env.PREBOOT, program);
      const [old] = servers();
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the extension replaces it.
      await settings().update('path', '${workspaceFolder}/elsewhere/preboot', vscode.ConfigurationTarget.Workspace);
      assert.equal(await anotherServer(old), `${program} server`);
    },

    'a setting that names no program starts no other one': async () => {
      await settings().update('path', '/nowhere/preboot', vscode.ConfigurationTarget.Workspace);
      await eventually('no server', () => servers().length === 0);
      await eventuallyShown('');
      await settings().update('path', undefined, vscode.ConfigurationTarget.Workspace);
      await eventuallyShown(findings);
    },

    'the log opens': async () => {
      await vscode.commands.executeCommand('preboot.showLog');
      // Its text can't be seen: this VS Code lacks the native library that writes it.
      await eventually('the log', () =>
        vscode.workspace.textDocuments.some(({ uri }) => uri.scheme === 'output' && /Preboot/.test(uri.path)),
      );
    },
  });
