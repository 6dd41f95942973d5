--- Runs inside Neovim, in the work tree of a real change: opens its first migration (`OPENED`) and compares what the editor shows with what
--- the command line finds (`FINDINGS`).

local shown = dofile(vim.env.SUITE .. '/shown.lua')

-- An empty variable is none here.
local findings = os.getenv('FINDINGS') or ''
vim.cmd('edit ' .. vim.env.OPENED)
local started = vim.loop.hrtime()
-- The answer waits for the verdict: that nothing is shown before says nothing.
local judged = vim.wait(60000, function()
  local client = vim.lsp.get_clients({ bufnr = 0 })[1]
  return client and client.initialized and client:request_sync('preboot/status', nil, 60000) ~= nil
end, 20)
local came = judged and vim.wait(60000, function()
  return shown() == findings
end, 20)
local milliseconds = math.floor((vim.loop.hrtime() - started) / 1e6)
local _, count = findings:gsub('[^\n]+', '')
local verdict = came and ('ok %s: the editor shows the %d findings (%d ms)'):format(vim.env.CHANGE, count, milliseconds)
  or ('FAILED %s: expected:\n%s\nshown:\n%s'):format(vim.env.CHANGE, findings, shown())
io.stdout:write(verdict .. '\ndone\n')
io.stdout:flush()
vim.cmd('qall!')
