--- What the editor shows, written as `findings` of `common.sh` writes what the command line finds.
return function()
  local severities = { 'error', 'warning', 'info', 'hint' }
  local lines = {}
  for _, found in ipairs(vim.diagnostic.get()) do
    local path = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(found.bufnr), ':.')
    local code = found.code or found.user_data.lsp.code
    table.insert(lines, ('%s:%d:%d %s %s'):format(path, found.lnum + 1, found.col + 1, code, severities[found.severity]))
  end
  table.sort(lines)
  return table.concat(lines, '\n')
end
