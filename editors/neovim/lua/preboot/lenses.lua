--- The lines above operations: what each breaks, and how many PRs it takes. Neovim asks for none by itself.

local M = {}

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
        vim.lsp.buf_request(buffer, 'textDocument/codeLens', parameters, vim.lsp.codelens.on_codelens)
      end
    end
  end
end

return M
