//! `git session completions`: what a shell needs to complete `git session` and `git-session`.

use anyhow::Result;
use clap_complete::Shell;

use crate::ui::Ui;

/// Print the completions of a shell
///
/// They complete `git-session` and, beside git's own completions, `git session`:
///
///   bash   git session completions bash > ~/.local/share/bash-completion/completions/git-session
///
///   zsh    git session completions zsh > <a directory of $fpath>/_git-session
///
///   fish   git session completions fish > ~/.config/fish/completions/git-session.fish
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

/// What git's own bash completion calls for `git session …`, with its variables `words`, `cword`, `cur`, `prev`.
/// Source: <https://git-scm.com/docs/git-completion>, and `__git_complete_command` in `git-completion.bash`.
const BASH: &str = r#"
# git's own completion calls this for "git session ..."
_git_session() {
    local first=${__git_cmd_idx:-1}
    local COMP_WORDS=(git-session "${words[@]:first + 1}")
    local COMP_CWORD=$((cword - first))
    _git__session git-session "$cur" "$prev"
}
"#;

/// The line by which zsh's `_git` learns what `git session` does: the second one of a file `_git-<name>`.
const ZSH: &str = "#description sessions on branches";

/// Runs the command.
pub(super) fn run(ui: &Ui, args: &Args) -> Result<()> {
    ui.answer(&script(args.shell))
}

/// The script of a shell.
fn script(shell: Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut super::command(), "git-session", &mut bytes);
    let script = String::from_utf8_lossy(&bytes);
    match (shell, script.split_once('\n')) {
        (Shell::Bash, _) => {
            // clap_complete writes the dash of the program's name in two ways, and then finds no subcommand
            let script = script.replace("git__subcmd__session", "git__session");
            format!("{script}{BASH}")
        }
        (Shell::Zsh, Some((first, rest))) => format!("{first}\n{ZSH}\n{rest}"),
        _ => script.into_owned(),
    }
}
