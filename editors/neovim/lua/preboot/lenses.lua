--- The lines above operations: what each breaks, and how many PRs it takes. Neovim asks for none by itself.

local M = {}

--- Takes away what a client's lenses have drawn: Neovim before 0.11 draws over it, and nothing over what is left out.
local function wipe(buffer, client_id)
  local namespace = vim.api.nvim_get_namespaces()['vim_lsp_codelens:' .. client_id]
  if namespace then
    vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  end
end

local function draw(failed, lenses, context)
  wipe(context.bufnr, context.client_id)
  vim.lsp.codelens.on_codelens(failed, lenses, context)
end

--- A client is gone. Neovim before 0.11 keeps its lenses beside those of the next one.
function M.forget(client_id)
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and #vim.lsp.codelens.get(buffer) > 0 then
      vim.lsp.codelens.save({}, buffer, client_id)
      wipe(buffer, client_id)
    end
  end
end

--- The server has judged: what stands above the operations in sight may be another.
function M.refresh(_, _, context)
  if vim.g.preboot_code_lenses == false then
    return
  end
  local shown = {}
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    shown[vim.api.nvim_win_get_buf(window)] = true
  end
  for buffer in pairs(shown) do
    if vim.lsp.buf_is_attached(buffer, context.client_id) then
      if vim.fn.has('nvim-0.11') == 1 then
        vim.lsp.codelens.refresh({ bufnr = buffer })
      else
        -- Its own `refresh` leaves out whatever is asked while an answer is on its way.
        local parameters = { textDocument = { uri = vim.uri_from_bufnr(buffer) } }
        vim.lsp.buf_request(buffer, 'textDocument/codeLens', parameters, draw)
      end
    end
  end
end

return M
