#!/bin/sh
# Builds git-session from this checkout and installs it for one person.
# POSIX sh: runs in dash, bash and busybox. What it does is listed by --help.

set -eu
umask 022

usage() {
    cat <<'USAGE'
Usage: ./install.sh [options]

Builds git-session and installs the program, the links for hooks, the man page
and the completions below a prefix. git 2.30 is the oldest that it works with.

  --prefix DIR      where to install [~/.local]
  --target KIND     musl, gnu-static or dynamic [the first that works here;
                    a static program starts a hook fastest]
  --global-hooks    afterwards install the hooks for all your repositories
  --uninstall       remove what was installed below the prefix
  -q, --quiet       print problems only
  -h, --help        print this
USAGE
}

# --- Output ------------------------------------------------------------------

quiet=no
bold='' dim='' yellow='' red='' off=''
if [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    # Each stream is coloured only if it is a terminal.
    if [ -t 1 ]; then
        bold=$(printf '\033[1m') dim=$(printf '\033[2m') off=$(printf '\033[0m')
    fi
    if [ -t 2 ]; then
        yellow=$(printf '\033[33m') red=$(printf '\033[31m')
    fi
fi
stderr_off=${red:+$(printf '\033[0m')}

title() { [ "$quiet" = yes ] || printf '%s%s%s\n' "$bold" "$1" "$off"; }
fact() { [ "$quiet" = yes ] || printf '  %s%-12s%s%s\n' "$dim" "$1" "$off" "$2"; }
more() { [ "$quiet" = yes ] || printf '%s%s\n' "${1:+              }" "$1"; }
warn() { printf '  %s%-12s%s%s\n' "$yellow" warning "$stderr_off" "$1" >&2; }
fail() {
    printf '%serror:%s %s\n' "$red" "$stderr_off" "$1" >&2
    shift
    for hint in "$@"; do printf '  %s\n' "$hint" >&2; done
    exit 1
}
usage_error() {
    printf '%serror:%s %s\n\n' "$red" "$stderr_off" "$1" >&2
    usage >&2
    exit 2
}

# --- Small helpers -------------------------------------------------------------

have() { command -v "$1" >/dev/null 2>&1; }

# The command that installs package $1 on this system.
get() {
    for manager in 'apt-get:apt install' 'dnf:dnf install' 'apk:apk add' 'pacman:pacman -S' \
        'zypper:zypper install' 'brew:brew install'; do
        if have "${manager%%:*}"; then
            printf '%s %s' "${manager#*:}" "$1"
            return
        fi
    done
    printf 'install the package %s' "$1"
}

# $1 with the home directory written as ~, for people.
tilde() {
    case $1 in
    "${HOME:-/nonexistent}"/*) printf '%s' "~${1#"$HOME"}" ;;
    *) printf '%s' "$1" ;;
    esac
}

# $1 as one word of a POSIX shell.
quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

# The physical form of the path $1; its directory must exist.
physical() {
    directory=$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd -P) || return 1
    printf '%s/%s' "${directory%/}" "${1##*/}"
}

# The directory of this script, through links.
script_directory() {
    script=$0
    case $script in */*) ;; *) script=$(command -v -- "$script" 2>/dev/null || printf './%s' "$script") ;; esac
    while [ -L "$script" ]; do
        link=$(readlink -- "$script")
        case $link in
        /*) script=$link ;;
        *) script=$(dirname -- "$script")/$link ;;
        esac
    done
    (CDPATH='' cd -- "$(dirname -- "$script")" && pwd -P)
}

# --- Arguments -------------------------------------------------------------------

prefix='' target=auto global_hooks=no action=install
while [ $# -gt 0 ]; do
    case $1 in
    --prefix | --target)
        [ $# -ge 2 ] || usage_error "$1 needs a value"
        [ -n "$2" ] || usage_error "$1 needs a value"
        if [ "$1" = --prefix ]; then prefix=$2; else target=$2; fi
        shift
        ;;
    --prefix=?*) prefix=${1#*=} ;;
    --target=?*) target=${1#*=} ;;
    --global-hooks) global_hooks=yes ;;
    --uninstall) action=uninstall ;;
    -q | --quiet) quiet=yes ;;
    -h | --help)
        usage
        exit 0
        ;;
    *) usage_error "unknown option $1" ;;
    esac
    shift
done
case $target in
auto | musl | gnu-static | dynamic) ;;
*) usage_error "unknown target $target" ;;
esac
if [ -z "$prefix" ]; then
    [ -n "${HOME:-}" ] || fail 'HOME is not set, so there is no default place' 'name one with --prefix DIR'
    prefix=$HOME/.local
fi
here=$(pwd)
case $prefix in /*) ;; *) prefix=${here%/}/$prefix ;; esac
while [ "$prefix" != / ] && [ "${prefix%/}" != "$prefix" ]; do prefix=${prefix%/}; done
[ "$prefix" != / ] || prefix=''

events='prepare-commit-msg commit-msg post-commit post-checkout post-rewrite post-merge'
bin=$prefix/bin/git-session
libexec=$prefix/libexec/git-session
man_page=$prefix/share/man/man1/git-session.1
bash_completion=$prefix/share/bash-completion/completions/git-session
zsh_completion=$prefix/share/zsh/site-functions/_git-session
fish_completion=$prefix/share/fish/vendor_completions.d/git-session.fish
# The directories that an installation made, so that removing it takes exactly those.
made_list=$libexec/made-directories

work=''
staged=''
cleanup() {
    [ -z "$staged" ] || rm -f -- "$staged"
    [ -z "$work" ] || rm -rf -- "$work"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# --- Uninstall ---------------------------------------------------------------------

uninstall() {
    title "Removing git-session from $(tilde "${prefix:-/}")"
    if [ -x "$bin" ] && "$bin" hooks uninstall --global >/dev/null 2>&1; then
        fact hooks 'git session hooks uninstall --global: done'
    fi
    made=''
    if [ -f "$made_list" ]; then made=$(cat -- "$made_list"); fi
    removed=0 links=0
    # Git configuration beside the links names them: it goes first, so that no hook is
    # configured without a program. The program itself goes last.
    set --
    for path in "$libexec"/*.config "$libexec"/*.gitconfig "$libexec"/config; do set -- "$@" "$path"; done
    for event in $events; do set -- "$@" "$libexec/$event"; done
    for path in "$@" "$made_list" "$man_page" "$bash_completion" "$zsh_completion" "$fish_completion" "$bin"; do
        if [ -L "$path" ] || [ -f "$path" ]; then
            rm -f -- "$path" || fail "cannot remove $path"
            removed=$((removed + 1))
            case $path in
            "$libexec"/*) links=$((links + 1)) ;;
            *) fact removed "$(tilde "$path")" ;;
            esac
        fi
    done
    if [ "$removed" -gt 0 ]; then
        # Deepest first; one that holds something else stays.
        printf '%s\n' "$made" | sort -r | while IFS= read -r directory; do
            [ -n "$directory" ] || continue
            case $directory in .) directory=$prefix ;; *) directory=$prefix/$directory ;; esac
            rmdir -- "$directory" 2>/dev/null || true
        done
        [ "$links" = 0 ] || fact removed "$(tilde "$libexec")/"
        [ ! -d "$libexec" ] || warn "$libexec holds other files and stays"
        more ''
        more 'Hooks of single repositories stay as links that git ignores. To remove them too,'
        more 'type "git session hooks uninstall" in each before you remove the program.'
    else
        fact nothing 'was installed here'
    fi
}

if [ "$action" = uninstall ]; then
    uninstall
    exit 0
fi

# --- What is needed --------------------------------------------------------------------

case $(uname -s) in
MINGW* | MSYS* | CYGWIN*)
    fail 'this script is for systems with a POSIX file tree' 'on Windows type: cargo install --locked --path .'
    ;;
esac

root=$(script_directory) || root=''
if [ -z "$root" ] || ! grep -q '^name = "git-session"' "$root/Cargo.toml" 2>/dev/null || [ ! -f "$root/src/main.rs" ]; then
    fail 'this is not a checkout of git-session: the script builds the sources beside it' \
        'run install.sh inside a clone of the repository'
fi

# $1, or the part of it that exists, must be a directory that takes new files.
check_writable() {
    probe=$1
    while [ ! -e "$probe" ] && [ ! -L "$probe" ]; do probe=$(dirname -- "$probe"); done
    [ -d "$probe" ] || fail "$probe is not a directory" 'choose another place with --prefix DIR'
    { [ -w "$probe" ] && [ -x "$probe" ]; } || fail "$probe is not writable" 'choose another place with --prefix DIR'
}
for path in "$bin" "$made_list" "$man_page" "$bash_completion" "$zsh_completion" "$fish_completion"; do
    check_writable "$(dirname -- "$path")"
    [ ! -d "$path" ] || fail "$path is a directory" 'move it away or choose another place with --prefix DIR'
done

have git || fail 'git is missing' "get it with: $(get git)"
# "git version 2.39.5 (Apple Git-154)"
found=$(git --version)
found=${found#git version }
case ${found%%.*} in
0 | 1) old=yes ;;
2) case ${found#2.} in [0-9] | [0-9].* | [12][0-9] | [12][0-9].*) old=yes ;; *) old=no ;; esac ;;
*) old=no ;;
esac
[ "$old" = no ] || warn "git $found is older than 2.30: hooks run, but most commands do not"

# The person's own PATH decides whether the program is found; cargo may be outside of it.
user_path=$PATH
if ! have cargo; then
    cargo_bin=${CARGO_HOME:-${HOME:-}/.cargo}/bin
    [ -x "$cargo_bin/cargo" ] || fail 'cargo is missing: git-session is built from its Rust sources' \
        'get it from https://rustup.rs, then run this again'
    PATH=$cargo_bin:$PATH
fi
have rustc || fail 'rustc is missing' 'get it from https://rustup.rs, then run this again'
c_compiler=${CC:-cc}
have "${c_compiler%% *}" || fail "a C compiler is missing (${c_compiler%% *}): libgit2 is built from its C sources" \
    "get it with: $(if [ "$(uname -s)" = Darwin ]; then printf 'xcode-select --install'; else get gcc; fi)"

# cargo and rustc read the settings of the directory they run in.
cd -- "$root"
needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
rust=$(rustc -vV | sed -n 's/^release: //p')
if ! printf '%s %s\n' "$needed" "$rust" | awk '{
    split($1, need, "."); split($2, is, ".")
    exit !(is[1] + 0 > need[1] + 0 || (is[1] + 0 == need[1] + 0 && is[2] + 0 >= need[2] + 0))
}'; then
    fail "Rust $needed or newer is needed, this is ${rust:-unknown}" 'update it with: rustup update stable'
fi

# --- Build ---------------------------------------------------------------------------------

work=$(mktemp -d "${TMPDIR:-/tmp}/git-session-install.XXXXXX")
target_directory=${CARGO_TARGET_DIR:-$root/target}
case $target_directory in /*) ;; *) target_directory=${here%/}/$target_directory ;; esac
unset CARGO_BUILD_TARGET

host=$(rustc -vV | sed -n 's/^host: //p')
arch=${host%%-*}
musl_target=$(printf '%s' "$host" | sed 's/-linux-gnu/-linux-musl/')
musl_abi=${musl_target##*-linux-}

# Sets $reason when a static build of kind $1 cannot work here.
cannot() {
    reason=''
    case $1:$host in
    dynamic:*) return 1 ;;
    *:*-linux-*) ;;
    *)
        reason="$host has no static build"
        return 0
        ;;
    esac
    case $1 in
    musl)
        libraries=$(rustc --print target-libdir --target "$musl_target" 2>/dev/null) || libraries=''
        if ! ls "$libraries"/libstd-*.rlib >/dev/null 2>&1; then
            reason="no Rust target $musl_target (rustup target add $musl_target)"
            return 0
        fi
        musl_cc=$(musl_compiler)
        [ -n "$musl_cc" ] && return 1
        reason="no musl C compiler ($(get musl-tools))"
        ;;
    gnu-static)
        case $host in
        *-linux-gnu*) ;;
        *)
            reason="$host is not glibc"
            return 0
            ;;
        esac
        printf 'int main(void) { return 0; }\n' >"$work/probe.c"
        # $CC may hold options.
        # shellcheck disable=SC2086
        $c_compiler -static -o "$work/probe" "$work/probe.c" >/dev/null 2>&1 && "$work/probe" && return 1
        reason="$c_compiler -static does not work"
        ;;
    esac
    return 0
}

# Prints the C compiler for musl, if there is one.
musl_compiler() {
    variable=CC_$(printf '%s' "$musl_target" | tr '-' '_')
    eval "configured=\${$variable:-}"
    # shellcheck disable=SC2154 # the line above sets it
    if [ -n "$configured" ]; then
        printf '%s' "$configured"
        return
    fi
    for compiler in "$arch-linux-$musl_abi-gcc" musl-gcc; do
        if have "$compiler"; then
            printf '%s' "$compiler"
            return
        fi
    done
    case $($c_compiler -dumpmachine 2>/dev/null) in *musl*) printf '%s' "$c_compiler" ;; esac
}

# Passes cargo's output on to the log; on a terminal shows which package is compiled.
progress() {
    while IFS= read -r line || [ -n "$line" ]; do
        printf '%s\n' "$line"
        if [ "$quiet" = no ] && [ -t 2 ]; then
            case $line in *Compiling*) printf '\r\033[K  building    %s' "${line##*Compiling }" >&2 ;; esac
        fi
    done
    if [ "$quiet" = no ] && [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

# Builds kind $1 and sets $built; what cargo said is in $work/log.
build() {
    kind=$1 triple=''
    case $kind in
    musl) triple=$musl_target ;;
    gnu-static) triple=$host ;;
    esac
    built=$target_directory/${triple:+$triple/}release/git-session
    rm -f -- "$work/done"
    {
        (
            case $kind in
            musl) export "CC_$(printf '%s' "$musl_target" | tr '-' '_')=$musl_cc" ;;
            gnu-static) RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }-C target-feature=+crt-static" ;;
            esac
            # A fixed address: a program that can lie anywhere corrects 9,000 pointers in itself
            # whenever a hook starts.
            if [ "$kind" != dynamic ]; then
                unset CARGO_ENCODED_RUSTFLAGS
                export RUSTFLAGS="${RUSTFLAGS:+$RUSTFLAGS }-C relocation-model=static"
            fi
            set -- --release --locked --bin git-session --target-dir "$target_directory"
            [ -z "$triple" ] || set -- "$@" --target "$triple"
            cargo build "$@" </dev/null 2>&1
        ) && : >"$work/done"
    } | progress >"$work/log"
    [ -f "$work/done" ] || return 1
    if ! "$built" --version >"$work/version" 2>>"$work/log"; then
        printf 'the program was built, but does not run: %s\n' "$built" >>"$work/log"
        return 1
    fi
}

# The end of what cargo said, without the lines that build scripts write for cargo.
show_log() { grep -v -e 'cargo:' -e '^ *$' "$work/log" | tail -n 8 | cut -c 1-200 | sed 's/^/  | /' >&2; }

# One line about kind $1, with the reasons why no faster start was possible.
describe() {
    case $1 in
    musl) printf 'static musl (%s), the fastest start for hooks' "$musl_target" ;;
    gnu-static) printf 'static glibc (%s)' "$host" ;;
    dynamic) printf 'dynamic (%s)' "$host" ;;
    esac
    [ -z "$why" ] || printf ': %s' "$why"
}

title "Installing git-session below $(tilde "${prefix:-/}")"

if ! cargo fetch --locked </dev/null >"$work/log" 2>&1; then
    show_log
    fail 'the packages that git-session is built from are not there' 'see what cargo says above'
fi

if [ "$target" = auto ]; then kinds='musl gnu-static dynamic'; else kinds=$target; fi
why='' success=no
for kind in $kinds; do
    if cannot "$kind"; then
        [ "$target" = auto ] || fail "cannot build $kind: $reason"
        why=${why:+$why; }$reason
        continue
    fi
    fact build "$(describe "$kind")"
    if build "$kind"; then
        success=yes
        break
    fi
    show_log
    { [ "$target" = auto ] && [ "$kind" != dynamic ]; } || break
    warn "the $kind build failed, trying the next"
    why=${why:+$why; }"the $kind build failed"
done
[ "$success" = yes ] || fail 'git-session could not be built' 'see what cargo says above'
version=$(cat -- "$work/version")

{ "$built" man >"$work/man" && [ -s "$work/man" ]; } || fail 'the program does not print its man page'
for shell in bash zsh fish; do
    { "$built" completions "$shell" >"$work/$shell" && [ -s "$work/$shell" ]; } ||
        fail "the program does not print the completions for $shell"
done

# --- Install ---------------------------------------------------------------------------------

made=''
# Makes the directory $1 below the prefix and notes each level that was not there.
make_directory() {
    if [ ! -d "${prefix:-/}" ]; then
        mkdir -p -- "$prefix" || fail "cannot make $prefix" 'choose another place with --prefix DIR'
        made=.
    fi
    level='' rest=$1
    while [ -n "$rest" ]; do
        level=${level:+$level/}${rest%%/*}
        case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
        [ ! -d "$prefix/$level" ] || continue
        mkdir -- "$prefix/$level" || fail "cannot make $prefix/$level" 'choose another place with --prefix DIR'
        made=${made:+$made
}$level
    done
}

# Puts file $1 in place as $2 with mode $3. A program that runs meanwhile sees the old
# file or the new one, never a part of it.
place() {
    if [ ! -L "$2" ] && [ -f "$2" ] && cmp -s -- "$1" "$2"; then
        chmod "$3" "$2"
        return
    fi
    staged=$2.new.$$
    { cp -- "$1" "$staged" && chmod "$3" "$staged" && mv -f -- "$staged" "$2"; } ||
        fail "cannot write $2" 'choose another place with --prefix DIR'
    staged=''
}

place_link() {
    if [ -L "$2" ] && [ "$(readlink -- "$2")" = "$1" ]; then return; fi
    [ ! -d "$2" ] || fail "$2 is a directory"
    staged=$2.new.$$
    { ln -s -- "$1" "$staged" && mv -f -- "$staged" "$2"; } || fail "cannot write $2"
    staged=''
}

for path in "$bin" "$made_list" "$man_page" "$bash_completion" "$zsh_completion" "$fish_completion"; do
    directory=$(dirname -- "$path")
    make_directory "${directory#"$prefix"/}"
done
[ -z "$made" ] || printf '%s\n' "$made" >>"$made_list" || fail "cannot write $made_list"

before=''
if [ -x "$bin" ]; then before=$("$bin" --version 2>/dev/null) || before='a broken one'; fi
case $before in
'') ;;
"$version") before=', the same version before' ;;
*) before=", before: $before" ;;
esac

# Read-only: hooks are links to it, and what another tool writes to a link ends up in the program.
place "$built" "$bin" 555
for event in $events; do place_link ../../bin/git-session "$libexec/$event"; done
place "$work/man" "$man_page" 644
place "$work/bash" "$bash_completion" 644
place "$work/zsh" "$zsh_completion" 644
place "$work/fish" "$fish_completion" 644

size=$(wc -c <"$bin" | awk '{ printf "%.1f MB", $1 / 1000000 }')
fact program "$(tilde "$bin") ($version, $size$before)"
fact 'hook links' "$(tilde "$libexec")/"
fact 'man page' "$(tilde "$man_page")"
fact completions "bash, zsh, fish in $(tilde "$prefix/share")/"

# --- Is it found? --------------------------------------------------------------------------------

shell=${SHELL:-sh}
shell=${shell##*/}

# The git-session that git runs with the person's PATH: git looks in its own directory first.
found() (
    PATH=$user_path
    own=$(git --exec-path)/git-session
    if [ -x "$own" ]; then printf '%s' "$own"; else command -v git-session || true; fi
)

same_program() { [ "$(physical "$1")" = "$(physical "$2")" ] || cmp -s -- "$1" "$2"; }

# The line that puts <prefix>/bin into the PATH of the person's shell.
path_line() {
    directory=$prefix/bin
    if [ "$shell" = fish ]; then
        printf 'fish_add_path %s' "'$(printf '%s' "$directory" | sed "s/[\\\\']/\\\\&/g")'"
        return
    fi
    case $directory in "${HOME:-/nonexistent}"/*) short="\$HOME/${directory#"$HOME"/}" ;; *) short=$directory ;; esac
    # shellcheck disable=SC2016 # the person's shell expands $PATH
    case ${short#\$HOME} in
    *[\"\$\`\\]*) printf 'export PATH=%s:"$PATH"' "$(quoted "$directory")" ;;
    *) printf 'export PATH="%s:$PATH"' "$short" ;;
    esac
}

case $shell:$(uname -s) in
bash:Darwin) startup=.bash_profile ;;
bash:*) startup=.bashrc ;;
fish:*) startup=.config/fish/config.fish ;;
*) startup=.profile ;;
esac
startup=$(tilde "${HOME:-}/$startup")
[ "$shell" != zsh ] || startup=$(tilde "${ZDOTDIR:-${HOME:-}}/.zshrc")

first=$(found)
checked_path=$user_path
if [ -z "$first" ]; then
    fact path "$(tilde "$prefix/bin") is not in PATH; add this line to $startup:"
    more "  $(path_line)"
    checked_path=$prefix/bin:$user_path
elif ! same_program "$first" "$bin"; then
    warn "git runs another one, $first: remove it, or put $prefix/bin before it in PATH"
fi
answer=$(PATH=$checked_path git session --version 2>/dev/null) || answer=''
if [ "$answer" = "$version" ]; then
    if [ -z "$first" ]; then
        fact check "with it, git session --version answers $answer"
    else
        fact check "git session --version answers $answer"
    fi
elif [ -z "$first" ] || same_program "$first" "$bin"; then
    warn "git session --version answers ${answer:-nothing}, not $version"
fi
if have man; then
    if (PATH=$checked_path man -w git-session) >/dev/null 2>&1; then
        fact manual 'git help session'
    else
        fact manual "not on the manual path; read it with: man $(quoted "$man_page")"
    fi
fi
if [ "$shell" = zsh ]; then
    case $prefix in /usr | /usr/local) ;; *)
        fact zsh "completions need this line in $startup, before compinit:"
        more "  fpath=($(quoted "$(dirname -- "$zsh_completion")") \$fpath)"
        ;;
    esac
fi

# --- Hooks ---------------------------------------------------------------------------------------

if [ "$global_hooks" = yes ]; then
    if [ "$quiet" = yes ]; then
        "$bin" hooks install --global >/dev/null || fail 'the hooks could not be installed for all repositories'
    else
        fact hooks 'git session hooks install --global:'
        "$bin" hooks install --global || fail 'the hooks could not be installed for all repositories'
    fi
    hint=''
else
    hint='./install.sh --global-hooks'
fi
more ''
fact next 'git session start <branch> -o "what you want to reach"'
[ -z "$hint" ] || fact 'everywhere' "$hint puts the hooks into all your repositories"
