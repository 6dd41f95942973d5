// node browser.cjs URL PROJECT EXTENSION SUITE: opens the workbench in Chromium, has it run a suite in its extension host,
// and ends when the suite has. PROJECT is a folder, or a file that names several: `NAME.code-workspace`.

const { chromium } = require('playwright-core');

const [url, project, extension, suite] = process.argv.slice(2);
const remote = (path) => `vscode-remote://${new URL(url).host}${path}`;
const payload = [
  ['extensionDevelopmentPath', remote(extension)],
  ['extensionTestsPath', remote(suite)],
  ['skipWelcome', 'true'],
];

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
  const page = await browser.newPage();
  const ended = new Promise((resolve) => {
    page.exposeFunction('codeAutomationExit', resolve);
    page.exposeFunction('codeAutomationLog', () => {});
  });
  const kind = project.endsWith('.code-workspace') ? 'workspace' : 'folder';
  await page.goto(
    `${url}/?${kind}=${encodeURIComponent(project)}&payload=${encodeURIComponent(JSON.stringify(payload))}`,
  );
  const status = await ended;
  await browser.close();
  process.exit(status);
}

main().catch((problem) => {
  console.error(problem);
  process.exit(1);
});
