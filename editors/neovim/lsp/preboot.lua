---@brief
---
--- Makes Django migrations safe to deploy with no downtime: `pip install preboot`.

---@type vim.lsp.Config
return {
  cmd = { 'preboot', 'server' },
  filetypes = { 'python', 'htmldjango', 'html' },
  root_markers = { 'manage.py', 'preboot.toml', 'pyproject.toml', '.git' },
  workspace_required = true,
}
