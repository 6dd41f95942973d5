--- `:checkhealth preboot`

local M = {}

-- The names that the functions had before Neovim 0.10.
local health = vim.health or require('health')
local start = health.start or health.report_start
local ok = health.ok or health.report_ok
local warn = health.warn or health.report_warn
local error = health.error or health.report_error
local info = health.info or health.report_info

local function check_program(cmd)
  if type(cmd) ~= 'table' then
    info('`cmd` is a function: the program is whatever it starts')
    return
  end
  local path = vim.fn.exepath(cmd[1])
  if path == '' then
    error(('`%s` is no program on PATH'):format(cmd[1]), {
      'Install it: `pip install preboot`',
      'Or name it: `cmd = { "/path/to/preboot", "server" }`',
    })
    return
  end
  local version = vim.trim(vim.fn.system({ path, '--version' }))
  if vim.v.shell_error == 0 then
    ok(('%s: %s'):format(path, version))
  else
    error(('%s --version fails: %s'):format(path, version))
  end
end

local function check_git()
  if vim.fn.executable('git') == 1 then
    ok('git: the deployed code is read from the repository')
  else
    warn('no git: nobody can tell which code is deployed', { 'Install git' })
  end
end

local function check_clients(clients)
  if #clients == 0 then
    info('no server runs: open a file of a Django project')
  end
  for _, client in ipairs(clients) do
    local root = client.config.root_dir
    ok(('a server runs for %s'):format(root))
    if vim.fn.isdirectory(root .. '/.git') == 0 and vim.fn.finddir('.git', vim.fn.escape(root, ' ,;\\') .. ';') == '' then
      warn(root .. ' is in no git repository: the deployed code is not known')
    end
  end
end

function M.check()
  start('preboot')
  local preboot = require('preboot')
  if vim.fn.has('nvim-0.7') == 0 then
    error('Neovim 0.7 or later is needed')
    return
  end
  local config = preboot.config()
  if not config then
    error('not set up', { 'Call `require("preboot").setup()`' })
    return
  end
  check_program(config.cmd)
  check_git()
  check_clients(preboot.clients())
end

return M
