--- Neovim 0.7 to 0.10, which have no `vim.lsp.enable`.

local M = {}

--- From a project's folder to the client that serves it.
local clients = {}

--- The nearest folder that holds the first marker, else the second, and so on.
local function root_of(path, markers)
  for _, marker in ipairs(markers) do
    local folder = vim.fn.fnamemodify(path, ':p:h')
    while true do
      if vim.loop.fs_stat(folder .. '/' .. marker) then
        return folder
      end
      local parent = vim.fn.fnamemodify(folder, ':h')
      if parent == folder then
        break
      end
      folder = parent
    end
  end
end

--- Neovim before 0.11 keeps what a server has found after that server is gone.
local function forget(_, _, client_id)
  vim.schedule(function()
    vim.diagnostic.reset(vim.lsp.diagnostic.get_namespace(client_id))
    require('preboot.lenses').forget(client_id)
  end)
end

--- Starts the server of the buffer's project, unless it runs, and attaches the buffer.
local function attach(buffer)
  local config = M.config
  local path = vim.api.nvim_buf_get_name(buffer)
  local is_file = vim.bo[buffer].buftype == '' and path ~= ''
  if not (is_file and vim.tbl_contains(config.filetypes, vim.bo[buffer].filetype)) then
    return
  end
  local root = root_of(path, config.root_markers)
  if not root then
    return
  end
  if not (clients[root] and vim.lsp.get_client_by_id(clients[root])) then
    clients[root] = vim.lsp.start_client(vim.tbl_extend('keep', { root_dir = root }, config, { on_exit = forget }))
  end
  if clients[root] then
    vim.lsp.buf_attach_client(buffer, clients[root])
  end
end

local function defaults()
  local file = vim.api.nvim_get_runtime_file('lsp/preboot.lua', false)[1]
  return vim.tbl_extend('force', dofile(file), { name = 'preboot' })
end

function M.setup(options)
  M.config = vim.tbl_deep_extend('force', M.config or defaults(), options)
  local group = vim.api.nvim_create_augroup('preboot', { clear = true })
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = M.config.filetypes,
    callback = function(event)
      attach(event.buf)
    end,
  })
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) then
      attach(buffer)
    end
  end
end

return M
