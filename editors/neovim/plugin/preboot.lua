if vim.g.loaded_preboot then
  return
end
vim.g.loaded_preboot = true

vim.api.nvim_create_user_command('Preboot', function(command)
  require('preboot.commands').run(command.args)
end, {
  nargs = '+',
  desc = 'Preboot: plan, explain, refs, schema, base, restart, log',
  complete = function(typed, line)
    return require('preboot.commands').complete(typed, line)
  end,
})
