// The extension in a workspace of two folders, each with a project. Runs inside VS Code's extension host.

const assert = require('node:assert/strict');
const vscode = require('vscode');
const { anotherServer, eventually, eventuallyShown, runSteps, servers } = require('./steps.cjs');

const errors = (findings) => findings.split('\n').filter((line) => line.endsWith(' error')).length;
const roots = () => vscode.workspace.workspaceFolders.map(({ uri }) => uri);

async function openIn(root, name) {
  await vscode.window.showTextDocument(vscode.Uri.joinPath(root, name));
}

exports.run = () =>
  runSteps({
    'one server finds what `preboot check` finds in each': async () => {
      await anotherServer();
      await openIn(roots()[0], 'campaign/models.py');
      await eventuallyShown(process.env.FINDINGS, roots()[0]);
      await eventuallyShown(process.env.FINDINGS_OTHER, roots()[1]);
      assert.equal(servers().length, 1);
    },

    'the status bar and the plan are those of the folder that is looked at': async () => {
      const { status, tree } = await vscode.extensions.getExtension('preboot.preboot').activate();
      const shows = (findings) =>
        eventually('its status', () => status.item.text.endsWith(` ${errors(findings)} unsafe`));
      assert.notEqual(errors(process.env.FINDINGS), errors(process.env.FINDINGS_OTHER));
      await shows(process.env.FINDINGS);
      await vscode.commands.executeCommand('preboot.refreshPlan');
      const titles = () => tree.getChildren().map((phase) => tree.getTreeItem(phase).description);
      const first = titles().join('\n');
      assert.match(first, /campaign\.Petition/);
      await openIn(roots()[1], 'shop/models.py');
      await shows(process.env.FINDINGS_OTHER);
      await vscode.commands.executeCommand('preboot.refreshPlan');
      await eventually('its plan', () => /[Ss]hop|remark/.test(titles().join('\n')));
      // What is no file of either doesn't change it.
      await vscode.commands.executeCommand('preboot.plan');
      await vscode.commands.executeCommand('preboot.refreshPlan');
      assert.match(titles().join('\n'), /[Ss]hop|remark/);
    },

    'a folder that is taken out takes its findings along': async () => {
      const gone = roots()[1];
      assert.ok(vscode.workspace.updateWorkspaceFolders(1, 1));
      await eventuallyShown('', gone);
      await eventuallyShown(process.env.FINDINGS, roots()[0]);
    },
  });
