if vim.g.loaded_preboot then
  return
end
vim.g.loaded_preboot = true

local subcommands = {
  restart = function()
    require('preboot').restart()
  end,
  log = function()
    vim.cmd('tabedit ' .. vim.fn.fnameescape(require('preboot').log_file()))
  end,
}

vim.api.nvim_create_user_command('Preboot', function(command)
  local subcommand = subcommands[command.args]
  if subcommand then
    subcommand()
  else
    vim.notify(('preboot has no command `%s`'):format(command.args), vim.log.levels.ERROR)
  end
end, {
  nargs = 1,
  desc = 'Preboot: restart the server, or show its log',
  complete = function(typed)
    local names = vim.tbl_filter(function(name)
      return vim.startswith(name, typed)
    end, vim.tbl_keys(subcommands))
    table.sort(names)
    return names
  end,
})
