--- What `:Preboot` does.

local M = {}

local preboot = require('preboot')

local function complain(message)
  vim.notify('preboot: ' .. message, vim.log.levels.ERROR)
end

--- The folder of the current buffer's project, or of the only one that has a server.
local function project()
  local clients = preboot.clients()
  local buffer = vim.api.nvim_get_current_buf()
  for _, client in ipairs(clients) do
    if vim.lsp.buf_is_attached(buffer, client.id) then
      return client
    end
  end
  if #clients == 1 then
    return clients[1]
  end
  complain('no server runs for this buffer')
end

--- What the client was told last.
local function settings_of(client)
  return vim.tbl_get(client.config, 'settings', 'preboot') or {}
end

--- Runs the program in the project's folder, with the base that the server has, and gives `done` what it prints. Status 1
--- says that there are findings.
local function run(arguments, done)
  local client = project()
  if not client then
    return
  end
  local program = preboot.config().cmd
  if type(program) ~= 'table' then
    complain('`cmd` is a function, and names no program')
    return
  end
  local command = vim.list_extend({ program[1] }, arguments)
  local base = settings_of(client).base
  if type(base) == 'string' then
    vim.list_extend(command, { '--base', base })
  end
  local printed, said = {}, {}
  local function collect(into)
    return function(_, lines)
      vim.list_extend(into, lines)
    end
  end
  vim.fn.jobstart(command, {
    cwd = client.config.root_dir,
    stdout_buffered = true,
    stderr_buffered = true,
    on_stdout = collect(printed),
    on_stderr = collect(said),
    on_exit = function(_, status)
      if status > 1 then
        complain(vim.trim(table.concat(said, '\n')))
        return
      end
      while printed[#printed] == '' do
        table.remove(printed)
      end
      done(printed, client)
    end,
  })
end

--- A buffer that is no file: the one of that name, or a new one, in a window of its own.
local function show(name, filetype)
  return function(lines)
    local title = 'preboot://' .. name
    local buffer = vim.fn.bufnr('^' .. vim.fn.escape(title, '[]*?') .. '$')
    if buffer == -1 then
      buffer = vim.api.nvim_create_buf(false, true)
      vim.api.nvim_buf_set_name(buffer, title)
    end
    vim.bo[buffer].modifiable = true
    vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
    vim.bo[buffer].modifiable = false
    vim.bo[buffer].filetype = filetype
    local window = vim.fn.bufwinid(buffer)
    if window == -1 then
      vim.cmd('split')
      vim.api.nvim_win_set_buf(0, buffer)
    else
      vim.api.nvim_set_current_win(window)
    end
  end
end

--- The place of the cursor, as the program takes it.
local function place()
  return ('%s:%d'):format(vim.api.nvim_buf_get_name(0), vim.fn.line('.'))
end

--- Tells the server another base; with no name, the one that it finds by itself.
local function choose_base(name)
  local client = project()
  if not client then
    return
  end
  -- One table for all versions: before 0.11 the client's own is what answers the server's questions.
  local settings = client.config.settings or {}
  settings.preboot = settings.preboot or {}
  settings.preboot.base = name or vim.NIL
  client.config.settings = settings
  if client.settings then
    client.settings = settings
  end
  preboot.call(client, 'notify', 'workspace/didChangeConfiguration', { settings = settings })
end

local function to_quickfix(target)
  return function(lines, client)
    local items = {}
    for _, line in ipairs(lines) do
      local path, row, column, text = line:match('^(.-):(%d+):(%d+): (.*)$')
      if path then
        local file = client.config.root_dir .. '/' .. path
        table.insert(items, { filename = file, lnum = tonumber(row), col = tonumber(column), text = text })
      end
    end
    vim.fn.setqflist({}, ' ', { title = 'preboot refs ' .. target, items = items })
    vim.cmd('botright copen')
  end
end

--- The plan as Markdown.
local function told(plan)
  local lines = { plan.summary:sub(1, 1):upper() .. plan.summary:sub(2) .. '.' }
  local function add(text)
    vim.list_extend(lines, vim.split(text, '\n'))
  end
  for _, phase in ipairs(plan.phases) do
    add(('\n## PR %d of %d: %s\n'):format(phase.number, #plan.phases, phase.title))
    add(vim.trim(phase.body))
    for _, file in ipairs(phase.files) do
      add('\n```diff\n' .. vim.trim(file.diff) .. '\n```')
    end
  end
  for _, missing in ipairs(plan.unplanned or {}) do
    add(('\nNo plan for %s: %s'):format(missing.what, missing.why))
  end
  for _, other in ipairs(plan.alternatives) do
    add(('\n## Another way: %s\n\n%s'):format(other.title, other.why))
  end
  return lines
end

--- Asks the server, which knows what is typed and not saved.
local function plan()
  local client = project()
  if not client then
    return
  end
  preboot.call(client, 'request', 'preboot/plan', vim.empty_dict(), function(failed, plans)
    if failed or not plans[1] then
      complain(failed and failed.message or 'there is no plan: `:Preboot log` may say why')
      return
    end
    show('plan', 'markdown')(told(plans[1]))
  end)
end

--- Each takes what was typed after its name, or nil.
M.subcommands = {
  base = choose_base,
  explain = function(code)
    run({ 'explain', code or place() }, show('explain', 'markdown'))
  end,
  log = function()
    vim.cmd('tabedit ' .. vim.fn.fnameescape(preboot.log_file()))
  end,
  plan = plan,
  refs = function(target)
    if target then
      run({ 'refs', target }, to_quickfix(target))
    else
      complain('`:Preboot refs app.Model.field`')
    end
  end,
  restart = function()
    preboot.restart()
  end,
  schema = function(target)
    run(target and { 'schema', target } or { 'schema' }, show('schema', 'text'))
  end,
}

function M.run(words)
  local name, argument = words:match('^%s*(%S*)%s*(.-)%s*$')
  local subcommand = M.subcommands[name]
  if subcommand then
    subcommand(argument ~= '' and argument or nil)
  else
    complain(('no command `%s`'):format(name))
  end
end

--- Names of commands, and for `base` those of branches.
function M.complete(typed, line)
  local words = vim.split(line, '%s+')
  local names = vim.tbl_keys(M.subcommands)
  if #words > 2 then
    names = words[2] == 'base' and vim.fn.systemlist({ 'git', 'for-each-ref', '--format=%(refname:short)', 'refs/heads', 'refs/remotes' }) or {}
  end
  names = vim.tbl_filter(function(name)
    return vim.startswith(name, typed)
  end, names)
  table.sort(names)
  return names
end

return M
