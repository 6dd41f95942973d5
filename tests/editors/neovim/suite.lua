--- Runs inside Neovim, in the folder of the project, and says for each step whether it went well.

local MIGRATION = 'campaign/migrations/0002_petition_fields.py'
local MODELS = 'campaign/models.py'
local has_plugin = vim.fn.exists(':Preboot') == 2

local function say(text)
  io.stdout:write(text .. '\n')
  io.stdout:flush()
end

local function step(name, body)
  local started = vim.loop.hrtime()
  local well, problem = pcall(body)
  local milliseconds = math.floor((vim.loop.hrtime() - started) / 1e6)
  say(well and ('ok %s (%d ms)'):format(name, milliseconds) or ('FAILED %s: %s'):format(name, problem))
end

--- Waits until `probe` gives something, and gives that.
local function eventually(what, probe)
  local found
  local came = vim.wait(60000, function()
    found = probe()
    return found and true or false
  end, 10)
  return came and found or error('never: ' .. what)
end

local function contains(text, part)
  if not (text and text:find(part, 1, true)) then
    error(('%q is not in:\n%s'):format(part, tostring(text)))
  end
end

local shown = dofile(vim.env.SUITE .. '/shown.lua')

local function eventually_shown(expected)
  local came = vim.wait(60000, function()
    return shown() == expected
  end, 10)
  if not came then
    error(('expected:\n%s\nshown:\n%s'):format(expected, shown()))
  end
end

--- What the command line says now, of what is on the disk.
local function found_on_disk(base)
  local lines = {}
  for line in vim.fn.system({ vim.env.PREBOOT, 'check', '--output-format', 'concise', base and '--base=' .. base }):gmatch('[^\n]+') do
    local place, code, severity = line:match('^(%S+): (PB%d+) %[(%a+)%]')
    if place then
      table.insert(lines, ('%s %s %s'):format(place, code, severity))
    end
  end
  table.sort(lines)
  return table.concat(lines, '\n')
end

local function open(file)
  vim.cmd('edit ' .. file)
  return vim.api.nvim_get_current_buf()
end

--- Puts the cursor on the first place of `text` after `after`.
local function go_to(text, after)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  if after then
    assert(vim.fn.search('\\V' .. after, 'cW') > 0, after .. ' is not in the buffer')
  end
  assert(vim.fn.search('\\V' .. text, 'cW') > 0, text .. ' is not in the buffer')
end

--- The answer of the server to a request at the cursor.
local function ask(method, parameters)
  local answers = eventually(method, function()
    return vim.lsp.buf_request_sync(0, method, parameters, 5000)
  end)
  local _, answer = next(answers)
  assert(answer and not answer.error, vim.inspect(answers))
  return answer.result
end

local function position()
  local client = (vim.lsp.get_clients or vim.lsp.buf_get_clients)(vim.lsp.get_clients and { bufnr = 0 } or 0)
  local _, first = next(client)
  return vim.lsp.util.make_position_params(0, first.offset_encoding)
end

local function clients()
  return vim.tbl_filter(function(client)
    return client.name == 'preboot'
  end, (vim.lsp.get_clients or vim.lsp.get_active_clients)())
end

--- The servers that this Neovim has started.
local function processes()
  return vim.fn.systemlist({ 'pgrep', '-x', 'preboot', '-P', vim.fn.getpid() })
end

local function floating_text()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
      vim.api.nvim_win_close(window, true)
      return table.concat(lines, '\n')
    end
  end
end

local findings = vim.env.FINDINGS

step('the server starts for the folder of manage.py', function()
  open(MIGRATION)
  local client = eventually('a client', function()
    return clients()[1]
  end)
  assert(client.config.root_dir == vim.fn.getcwd(), client.config.root_dir)
end)

step('the findings are those of `preboot check`, in files that are not open too', function()
  assert(findings:find('campaign/views.py', 1, true), 'nothing is found in a file that is not open:\n' .. findings)
  eventually_shown(findings)
end)

step('hover says what breaks', function()
  go_to('RemoveField')
  vim.lsp.buf.hover()
  contains(eventually('a floating window', floating_text), 'column campaign_petition.requires_country_code does not exist')
end)

step('symbols: the operations of a migration', function()
  local symbols = vim.inspect(ask('textDocument/documentSymbol', { textDocument = vim.lsp.util.make_text_document_params() }))
  contains(symbols, 'requires_postal_code')
  contains(symbols, 'show_country_field')
end)

step('definition: from an operation to the field', function()
  go_to('show_country_field')
  local places = ask('textDocument/definition', position())
  contains(vim.inspect(places), MODELS)
end)

step('an edit that is not saved changes the findings of other files', function()
  open(MODELS)
  go_to('campaign_id')
  vim.cmd('normal! o' .. vim.env.TYPED)
  eventually_shown(vim.env.FINDINGS_TYPED)
  assert(vim.bo.modified)
  vim.cmd('undo')
  eventually_shown(findings)
  vim.cmd('edit!')
end)

--- Tells the server what the user's settings are now.
local function configure(settings)
  local client = clients()[1]
  client.config.settings = { preboot = settings }
  local parameters = { settings = client.config.settings }
  if vim.fn.has('nvim-0.11') == 1 then
    client:notify('workspace/didChangeConfiguration', parameters)
  else
    client.notify('workspace/didChangeConfiguration', parameters)
  end
end

step('a setting is followed at once', function()
  configure({ ignore = { 'PB3' } })
  local others = vim.tbl_filter(function(line)
    return not line:find(' PB3', 1, true)
  end, vim.split(findings, '\n'))
  eventually_shown(table.concat(others, '\n'))
  configure({ ignore = vim.NIL })
  eventually_shown(findings)
end)

--- Chooses the code action with that title at the cursor from the menu, as a user does.
local function choose_action(wanted)
  local titles
  vim.ui.select = function(actions, options, choose)
    titles = vim.tbl_map(options.format_item, actions)
    for index, title in ipairs(titles) do
      if title:find(wanted, 1, true) then
        choose(actions[index], index)
        return
      end
    end
    choose(nil)
  end
  vim.lsp.buf.code_action()
  eventually('the menu', function()
    return titles
  end)
  contains(table.concat(titles, '\n'), wanted)
end

--- Takes a code action on the first `AddField`, and takes it back.
local function act(title, traces)
  step(('the code action "%s" leaves what `preboot check` finds then'):format(title), function()
    local before = {}
    for file in pairs(traces) do
      before[file] = vim.fn.readfile(file)
    end
    open(MIGRATION)
    go_to('migrations.AddField')
    choose_action(title)
    eventually('the edit', function()
      return vim.bo.modified
    end)
    vim.cmd('silent wall')
    for file, trace in pairs(traces) do
      contains(table.concat(vim.fn.readfile(file), '\n'), trace)
    end
    local after = found_on_disk()
    assert(after ~= findings, 'the action changed no finding')
    eventually_shown(after)

    for file, lines in pairs(before) do
      open(file)
      vim.api.nvim_buf_set_lines(0, 0, -1, false, lines)
      vim.cmd('silent write')
    end
    eventually_shown(findings)
  end)
end

act('Make it nullable', { [MIGRATION] = 'null=True', [MODELS] = 'null=True' })
act('Ignore PB105 with a reason', { [MIGRATION] = 'preboot: ignore[PB105]' })

--- The Python files below the folder, with their lines.
local function python_files()
  local files = {}
  for _, file in ipairs(vim.fn.globpath('.', '**/*.py', true, true)) do
    files[file:gsub('^%./', '')] = vim.fn.readfile(file)
  end
  return files
end

step('the code action "Split into 2 PRs" leaves the first PR alone, whose migration breaks nothing', function()
  local before = python_files()
  open(MIGRATION)
  go_to('migrations.RemoveField')
  choose_action('Split into 2 PRs: keep only PR 1 here')
  eventually('the edit', function()
    return vim.bo[vim.fn.bufnr(MIGRATION)].modified or vim.fn.filereadable(MIGRATION) == 0
  end)
  vim.cmd('silent! wall')
  local after = found_on_disk()
  -- A view still uses the field: that is for somebody to change.
  assert(not after:find('migrations/%S+ PB%d+ error'), after)
  eventually_shown(after)

  for file, lines in pairs(python_files()) do
    if not before[file] then
      vim.fn.delete(file)
      pcall(vim.cmd, 'bwipeout! ' .. file)
    elseif not vim.deep_equal(lines, before[file]) then
      open(file)
      vim.api.nvim_buf_set_lines(0, 0, -1, false, before[file])
      vim.cmd('silent write')
    end
  end
  for file, lines in pairs(before) do
    if vim.fn.filereadable(file) == 0 then
      vim.fn.writefile(lines, file)
    end
  end
  open(MIGRATION)
  eventually_shown(findings)
end)

if has_plugin then
  --- The titles of the lenses that Neovim holds for the buffer.
  local function lenses()
    local titles = {}
    for _, lens in ipairs(vim.lsp.codelens.get(0)) do
      table.insert(titles, lens.command and lens.command.title or '')
    end
    return table.concat(titles, '\n')
  end

  --- What stands in the window beside or above the text, whoever put it there: lines that a server left behind too.
  local function drawn()
    local texts = {}
    for name, namespace in pairs(vim.api.nvim_get_namespaces()) do
      for _, mark in ipairs(name:find('codelens', 1, true) and vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true }) or {}) do
        for _, chunk in ipairs(mark[4].virt_text or vim.tbl_flatten({ (mark[4].virt_lines or {})[1] and { mark[4].virt_lines[1] } or {} })) do
          table.insert(texts, chunk[1])
        end
      end
    end
    table.sort(texts)
    return table.concat(texts, '\n')
  end

  step('a line above an operation says what it breaks, and follows what is typed', function()
    open(MIGRATION)
    eventually('lenses', function()
      return lenses():find('breaks deletes, inserts, reads', 1, true)
    end)
    contains(lenses(), 'split into 2 PRs')
    go_to('migrations.RemoveField')
    vim.cmd('normal! 8dd')
    eventually('other lenses', function()
      return lenses() ~= '' and not lenses():find('breaks deletes, inserts, reads', 1, true)
    end)
    vim.cmd('edit!')
    eventually_shown(findings)
  end)

  step('the lines are the same again after :edit! and after :Preboot restart', function()
    open(MIGRATION)
    eventually('lenses', function()
      return lenses():find('breaks deletes, inserts, reads', 1, true)
    end)
    local before, seen = lenses(), drawn()
    assert(seen:find('breaks deletes, inserts, reads', 1, true), seen)
    --- Whether they are there, and no others: what a server that is gone had said would stand beside them.
    local function are_the_same(since)
      eventually_shown(findings)
      -- What comes late has come then.
      vim.wait(300)
      eventually('the lines after ' .. since, function()
        return lenses() == before and drawn() == seen
      end)
    end
    vim.cmd('edit!')
    are_the_same(':edit!')
    local old = processes()
    vim.cmd('Preboot restart')
    eventually('another process', function()
      local new = processes()
      return #new == 1 and new[1] ~= old[1]
    end)
    are_the_same(':Preboot restart')
  end)

  step('a server that was killed comes back with :Preboot restart', function()
    local old = processes()
    assert(#old == 1, vim.inspect(old))
    vim.loop.kill(tonumber(old[1]), 'sigkill')
    eventually('no client', function()
      return #clients() == 0
    end)
    eventually_shown('')
    vim.cmd('Preboot restart')
    eventually_shown(findings)
    assert(processes()[1] ~= old[1])
  end)

  step(':Preboot restart starts another server', function()
    local old = processes()
    vim.cmd('Preboot restart')
    eventually('another process', function()
      local new = processes()
      return #new == 1 and new[1] ~= old[1]
    end)
    eventually_shown(findings)
  end)

  --- Runs a command that opens a window, and gives what it shows.
  local function window_of(command)
    open(MIGRATION)
    go_to('RemoveField')
    vim.cmd(command)
    local text = eventually(command, function()
      local name = vim.api.nvim_buf_get_name(0)
      return name:find('preboot://', 1, true) and table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
    end)
    vim.cmd('close')
    return text
  end

  step(':Preboot plan, explain and schema open a window', function()
    contains(window_of('Preboot plan'), '## PR 2 of 2')
    contains(window_of('Preboot plan'), '## PR 1 of 2')
    contains(window_of('Preboot explain'), '**RemoveField** `campaign.Petition.requires_country_code`')
    contains(window_of('Preboot explain PB105'), '# required-column-unknown-to-deployed-code (PB105)')
    contains(window_of('Preboot schema campaign.Petition'), 'show_country_field')
  end)

  step(':Preboot plan is of what is typed', function()
    contains(window_of('Preboot plan'), '## PR 1 of 2: Forget campaign.Petition.requires_country_code')
    open(MIGRATION)
    go_to('migrations.RemoveField')
    vim.cmd('normal! 8dd')
    assert(vim.bo.modified)
    vim.cmd('Preboot plan')
    local text = eventually('another plan', function()
      local name = vim.api.nvim_buf_get_name(0)
      return name:find('preboot://', 1, true) and table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
    end)
    vim.cmd('close')
    vim.cmd('edit!')
    eventually_shown(findings)
    contains(text, 'the working code itself fails on the schema that it asks for')
  end)

  step(':Preboot refs fills the quickfix list', function()
    vim.cmd('Preboot refs campaign.Petition.requires_country_code')
    local items = eventually('a list', function()
      local items = vim.fn.getqflist()
      return #items > 0 and items
    end)
    local places = vim.tbl_map(function(item)
      return ('%s:%d:%d'):format(vim.fn.fnamemodify(vim.fn.bufname(item.bufnr), ':.'), item.lnum, item.col)
    end, items)
    assert(vim.tbl_contains(places, 'campaign/views.py:5:36'), vim.inspect(places))
    vim.cmd('cclose')
  end)

  step(':Preboot base takes another revision for the deployed code', function()
    -- The work tree as a commit that is on no branch.
    local script = [[export GIT_INDEX_FILE=.git/other; git add --all
      git -c user.name=A -c user.email=a@example.org commit-tree -m x "$(git write-tree)"]]
    local commit = vim.trim(vim.fn.system(script))
    local there = found_on_disk(commit)
    assert(there ~= findings, there)
    vim.cmd('Preboot base ' .. commit)
    eventually_shown(there)
    vim.cmd('Preboot base')
    eventually_shown(findings)
  end)

  step('who comes back to Neovim finds what has changed elsewhere', function()
    local views = vim.fn.getcwd() .. '/campaign/views.py'
    local before = vim.fn.readfile(views)
    vim.fn.writefile(vim.list_extend({ '' }, before), views)
    local there = found_on_disk()
    assert(there ~= findings, there)
    vim.cmd('doautocmd FocusGained')
    eventually_shown(there)
    vim.fn.writefile(before, views)
    vim.cmd('doautocmd FocusGained')
    eventually_shown(findings)
  end)

  step('a command that fails says why', function()
    local said
    local notify = vim.notify
    vim.notify = function(message)
      said = message
    end
    vim.cmd('Preboot refs campaign.Nothing')
    eventually('a message', function()
      return said
    end)
    contains(said, 'Nothing')
    vim.cmd('Preboot nothing')
    contains(said, 'no command `nothing`')
    vim.notify = notify
  end)

  step(':checkhealth preboot', function()
    vim.cmd('checkhealth preboot')
    local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
    contains(report, vim.trim(vim.fn.system({ vim.env.PREBOOT, '--version' })))
    contains(report, 'a server runs for ' .. vim.fn.getcwd())
    assert(not report:find('ERROR') and not report:find('WARN'), report)
    vim.cmd('bdelete')
  end)

  step(':help preboot and completion of :Preboot', function()
    vim.cmd('helptags ALL | help preboot')
    assert(vim.bo.buftype == 'help' and vim.fn.expand('%:t') == 'preboot.txt')
    local names = { 'base', 'explain', 'log', 'plan', 'refs', 'restart', 'schema' }
    assert(vim.deep_equal(vim.fn.getcompletion('Preboot ', 'cmdline'), names))
    assert(vim.deep_equal(vim.fn.getcompletion('Preboot base m', 'cmdline'), { 'main' }))
    vim.cmd('bdelete')
  end)
end

say('done')
vim.cmd('qall!')
