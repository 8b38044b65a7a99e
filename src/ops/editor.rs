//! Git's editor, started the way git starts it. Called where a person is to write more than a line.

use std::path::Path;

use anyhow::Result;

use super::ctx::Ctx;
use crate::error::Fault;
use crate::git::Git;

/// Lets the person edit a file. `again`: the command to type once more; `instead`: commands that need no editor.
///
/// # Errors
/// There is no editor, or it ends with another status than 0.
pub fn edit(ctx: &Ctx, path: &Path, again: &str, instead: &[&str]) -> Result<()> {
    let editor = ctx.repo.git().args(["var", "GIT_EDITOR"]).output()?;
    if !editor.success() {
        let fault = Fault::user("git knows no editor that works here");
        let fault = fault.hint(format!("GIT_EDITOR=<program> {again}"));
        let hints = instead.iter();
        return Err(hints.fold(fault, |fault, hint| fault.hint(*hint)).into());
    }
    let editor = editor.text();
    if editor == ":" {
        return Ok(());
    }
    let script = format!("{editor} \"$@\"");
    let shell = Git::program("sh", &ctx.env, &ctx.cwd);
    let shell = shell.args(["-c", &script, &editor]).arg(path);
    match shell.inherit()? {
        0 => Ok(()),
        code => Err(
            Fault::user(format!("the editor ended with {code}: {editor}"))
                .hint(again)
                .into(),
        ),
    }
}
