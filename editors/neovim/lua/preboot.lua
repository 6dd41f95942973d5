--- Starts, stops and finds the server: over `vim.lsp.enable` where Neovim has it (0.11), else by hand (`preboot.legacy`).

local M = {}

local has_lsp_config = vim.fn.has('nvim-0.11') == 1

--- Calls a method of a client; before 0.11 they are functions.
function M.call(client, method, ...)
  if has_lsp_config then
    return client[method](client, ...)
  end
  return client[method](...)
end

--- Whoever comes back to Neovim may have switched branches elsewhere: of files Neovim tells servers nothing on Linux.
local function look_again()
  for _, client in ipairs(M.clients()) do
    M.call(client, 'notify', 'preboot/didFocus')
  end
end

--- What the server is told of this client, and what is done when the server has judged.
local function with_lenses(options)
  local capabilities = options.capabilities or vim.lsp.protocol.make_client_capabilities()
  local ours = { experimental = { preboot = { didJudge = true } } }
  return vim.tbl_deep_extend('force', options, {
    capabilities = vim.tbl_deep_extend('force', capabilities, ours),
    handlers = { ['preboot/didJudge'] = require('preboot.lenses').refresh },
  })
end

--- Starts the server for the buffers that are open and for those to come. Takes what `vim.lsp.config()` does: `cmd`,
--- `filetypes`, `root_markers`, `settings`, `on_attach` …
function M.setup(options)
  local group = vim.api.nvim_create_augroup('preboot_focus', { clear = true })
  vim.api.nvim_create_autocmd('FocusGained', { group = group, callback = look_again })
  if not has_lsp_config then
    require('preboot.legacy').setup(with_lenses(options or {}))
    return
  end
  vim.lsp.config('preboot', with_lenses(options or {}))
  vim.lsp.enable('preboot')
end

--- The configuration in use, after `setup`.
function M.config()
  if has_lsp_config then
    return vim.lsp.config.preboot
  end
  return require('preboot.legacy').config
end

--- The servers that run: one for each project.
function M.clients()
  local all = (vim.lsp.get_clients or vim.lsp.get_active_clients)()
  return vim.tbl_filter(function(client)
    return client.name == 'preboot'
  end, all)
end

local function stop(force)
  for _, client in ipairs(M.clients()) do
    M.call(client, 'stop', force)
  end
end

local POLL_MS = 20
--- How many times a server that was asked to stop is looked at before it is killed: 3 s.
local PATIENCE = 150

--- Stops the servers that run, and starts them again for the buffers that are open. Starts them too where none runs: it
--- is the way back after a crash.
function M.restart()
  local looks = 0
  local function start_when_stopped()
    if #M.clients() == 0 then
      M.setup()
      return
    end
    looks = looks + 1
    if looks == PATIENCE then
      stop(true)
    end
    vim.defer_fn(start_when_stopped, POLL_MS)
  end
  stop(false)
  start_when_stopped()
end

--- The file that Neovim writes the servers' logs to.
function M.log_file()
  if vim.lsp.log and vim.lsp.log.get_filename then
    return vim.lsp.log.get_filename()
  end
  return vim.lsp.get_log_path()
end

return M
