//! Tools that put in single hook files: git-lfs, git-branchless.

use super::bench::{Tool, neighbour, ours_first, theirs_first, theirs_goes_first};

/// It refuses to touch a hook that is not its own, unless it is forced.
const GIT_LFS: Tool = Tool {
    prepare: |scene, programs| {
        scene.before(
            programs[0],
            "case $1 in post-*) echo \"$1 $(($# - 1))\" >>\"$THEIRS\" ;; esac\nexec \"$real\" \"$@\"\n",
        );
    },
    settings: |scene| {
        scene.repo.write(
            ".gitattributes",
            "*.bin filter=lfs diff=lfs merge=lfs -text\n",
        );
    },
    install: |scene| scene.sh("git lfs install --local --force"),
    uninstall: |scene| scene.sh("git lfs uninstall --local"),
    follow: |_, advice| panic!("{}", advice.reason),
    says: &[
        ("post-commit", "post-commit 0"),
        ("post-checkout", "post-checkout 3"),
    ],
    news: Some("was replaced"),
    lines_stay: false,
    hands_on_stdin: true,
};

/// It adds lines at the end of a hook that it finds.
const GIT_BRANCHLESS: Tool = Tool {
    prepare: |scene, programs| {
        scene.before(
            programs[0],
            r#"[ "$1" = hook ] || exec "$real" "$@"
if [ "$2" = post-rewrite ]; then
    list=$(cat)
    echo "$2 $(($# - 2)) <$(printf '%s\n' "$list" | grep -c .)" >>"$THEIRS"
    printf '%s\n' "$list" | "$real" "$@"
    exit
fi
case $2 in post-*) echo "$2 $(($# - 2))" >>"$THEIRS" ;; esac
exec "$real" "$@"
"#,
        );
    },
    settings: |_| {},
    install: |scene| scene.sh("git branchless init --main-branch main"),
    uninstall: |scene| scene.sh("git branchless init --uninstall"),
    follow: |_, advice| panic!("{}", advice.reason),
    says: &[
        ("post-commit", "post-commit 0"),
        ("post-checkout", "post-checkout 3"),
        ("post-rewrite", "post-rewrite 1 <1"),
    ],
    news: None,
    lines_stay: false,
    hands_on_stdin: true,
};

#[test]
fn git_lfs() {
    let Some(program) = neighbour("git-lfs") else {
        return;
    };
    theirs_first(&GIT_LFS, &[&program]);
    ours_first(&GIT_LFS, &[&program]);
    theirs_goes_first(&GIT_LFS, &[&program]);
}

#[test]
fn git_branchless() {
    let Some(program) = neighbour("git-branchless") else {
        return;
    };
    theirs_first(&GIT_BRANCHLESS, &[&program]);
    ours_first(&GIT_BRANCHLESS, &[&program]);
    theirs_goes_first(&GIT_BRANCHLESS, &[&program]);
}
