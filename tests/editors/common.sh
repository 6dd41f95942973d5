# Sourced by the scripts of this folder: where things lie, and how a small project is made.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$repository/target}
# What is installed stays here: only the first run is slow.
cache=$target/editors
mkdir -p "$cache"
# Nothing is left behind in the repository.
export PYTHONDONTWRITEBYTECODE=1

# The program under test: PREBOOT, or else what cargo builds.
preboot=${PREBOOT:-$target/debug/preboot}
[ -n "${PREBOOT:-}" ] || cargo build --locked --quiet --manifest-path "$repository/Cargo.toml" --bin preboot

# The deployed code is the project's first commit, whatever this machine's CI says of another repository.
while read -r variable; do
    unset "$variable"
done < <(compgen -e | grep -E '^(CI_|CIRCLE_|GITHUB_|GIT_|TRAVIS_|PREBOOT_BASE$)')

# need COMMAND[=PACKAGE]…: installs the Debian packages of the commands that are missing.
need() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || missing+=("${pair##*=}")
    done
    debian "${missing[@]}"
}

# debian [PACKAGE…]: installs them, if there are any.
debian() {
    [ $# -gt 0 ] || return 0
    DEBIAN_FRONTEND=noninteractive apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# make_project NAME FOLDER: `deployed/` is the first commit, `working/` lies over it in the work tree.
make_project() {
    local source=$repository/tests/projects/$1 folder=$2
    cp -r "$source/deployed" "$folder"
    git -C "$folder" init --quiet --initial-branch=main
    git -C "$folder" add --all
    git -C "$folder" -c user.name=A -c user.email=a@example.org -c commit.gpgsign=false commit --quiet --message=deployed
    cp -r "$source/working/." "$folder"
}

# findings FOLDER: what the command line finds, one a line: `shop/models.py:8:5 PB101 error`.
findings() {
    local status=0
    "$preboot" check --root "$1" --output-format concise > "$cache/concise.txt" || status=$?
    # 1 says that there are findings, which is what they are here for.
    [ "$status" -le 1 ] || return "$status"
    sed -nE 's/^([^ ]+): (PB[0-9]+) \[([a-z]+)\].*/\1 \2 \3/p' "$cache/concise.txt" | sort
}

# prepare FOLDER: makes FOLDER/project, and hands over in the environment what must be found in it.
prepare() {
    make_project petition "$1/project"
    export PREBOOT=$preboot FINDINGS FINDINGS_TYPED
    FINDINGS=$(findings "$1/project")
    # A field that the migration removes is typed into the models again: what is found then is shown before it is saved.
    export TYPED='requires_country_code = models.BooleanField(default=False)'
    cp -r "$1/project" "$1/typed"
    sed -i "/campaign_id/a\\    $TYPED" "$1/typed/campaign/models.py"
    FINDINGS_TYPED=$(findings "$1/typed")
}

passed=0
failed=0
# count REPORT LOG: adds up what a suite said of its steps, and says so where it was cut off.
count() {
    passed=$((passed + $(grep -c '^ok ' "$1" || true)))
    failed=$((failed + $(grep -c '^FAILED ' "$1" || true)))
    if ! grep -q '^done$' "$1"; then
        failed=$((failed + 1))
        echo "FAILED the suite did not finish:"
        tail -20 "$2"
    fi
}

# The last line, and the exit status.
summary() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
