// The extension in a workspace that isn't trusted. Runs inside VS Code's extension host.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const vscode = require('vscode');
const { anotherServer, eventuallyShown, file, folder, open, runSteps, servers } = require('./steps.cjs');

exports.run = () =>
  runSteps({
    'the findings are there, by the program that came with the extension': async () => {
      assert.equal(vscode.workspace.isTrusted, false);
      const extension = vscode.extensions.getExtension('preboot.preboot');
      await open('campaign/models.py');
      assert.equal(
        await anotherServer(),
        `${vscode.Uri.joinPath(extension.extensionUri, 'server/preboot').fsPath} server`,
      );
      await eventuallyShown(process.env.FINDINGS);
    },

    'nothing that the workspace holds or names is run': async () => {
      const trap = `#!/bin/sh\ntouch ${folder().fsPath}/trapped\n`;
      for (const name of ['.venv/bin/preboot', 'elsewhere/preboot']) {
        fs.mkdirSync(file(`${name}/..`).fsPath, { recursive: true });
        fs.writeFileSync(file(name).fsPath, trap, { mode: 0o755 });
      }
      fs.mkdirSync(file('.vscode').fsPath);
      fs.writeFileSync(
        file('.vscode/settings.json').fsPath,
        JSON.stringify({ 'preboot.path': file('elsewhere/preboot').fsPath }),
      );
      const [old] = servers();
      await vscode.commands.executeCommand('preboot.restart');
      await anotherServer(old);
      await eventuallyShown(process.env.FINDINGS);
      assert.ok(!fs.existsSync(file('trapped').fsPath));
    },
  });
