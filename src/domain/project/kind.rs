//! Which files are context, and whose.

/// Whose context a file is: the agent that loads it by itself, or the page of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContextKind {
    /// `CLAUDE.md`, which Claude Code loads.
    Claude,
    /// `claude.md`, the same in lower case, which Claude Code does not load.
    ClaudeLower,
    /// `AGENTS.md`, which Codex, Copilot, Cursor and others load.
    Agents,
    /// `GEMINI.md`, which Gemini CLI loads.
    Gemini,
    /// `.github/copilot-instructions.md`, which GitHub Copilot loads.
    Copilot,
    /// `.session/architecture.md`.
    Architecture,
    /// `.session/conventions.md`.
    Conventions,
}

/// The names that a context file can have in any directory.
const IN_ANY_DIRECTORY: [(&str, ContextKind); 4] = [
    ("CLAUDE.md", ContextKind::Claude),
    ("claude.md", ContextKind::ClaudeLower),
    ("AGENTS.md", ContextKind::Agents),
    ("GEMINI.md", ContextKind::Gemini),
];

/// The context files that have one place, and are about the whole project.
const IN_ONE_PLACE: [(&str, ContextKind); 3] = [
    (".github/copilot-instructions.md", ContextKind::Copilot),
    (".session/architecture.md", ContextKind::Architecture),
    (".session/conventions.md", ContextKind::Conventions),
];

/// The pages that are quoted in a brief.
pub const PAGES: [(&str, ContextKind); 2] = [
    (".session/architecture.md", ContextKind::Architecture),
    (".session/conventions.md", ContextKind::Conventions),
];

impl ContextKind {
    /// Whose a path is, and the directory that it is about; `None` for a file that is no context.
    pub fn of(path: &[u8]) -> Option<(Self, &[u8])> {
        let one = IN_ONE_PLACE
            .iter()
            .find(|(place, _)| place.as_bytes() == path);
        if let Some((_, kind)) = one {
            return Some((*kind, b""));
        }
        let (directory, name) = match path.iter().rposition(|byte| *byte == b'/') {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&path[..0], path),
        };
        let any = IN_ANY_DIRECTORY
            .iter()
            .find(|(known, _)| known.as_bytes() == name);
        any.map(|(_, kind)| (*kind, directory))
    }

    /// The names that a context file can have in any directory.
    pub fn names() -> impl Iterator<Item = &'static str> {
        IN_ANY_DIRECTORY.iter().map(|(name, _)| *name)
    }

    /// The paths of the context files that have one place.
    pub fn places() -> impl Iterator<Item = &'static str> {
        IN_ONE_PLACE.iter().map(|(place, _)| *place)
    }

    /// The word in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::ClaudeLower => "claude-lower",
            Self::Agents => "agents",
            Self::Gemini => "gemini",
            Self::Copilot => "copilot",
            Self::Architecture => "architecture",
            Self::Conventions => "conventions",
        }
    }

    /// Who loads it without being told; nobody for the pages of the project.
    pub const fn loaded_by(self) -> &'static str {
        match self {
            Self::Claude => "Claude Code",
            Self::Agents => "Codex, Copilot, Cursor",
            Self::Gemini => "Gemini CLI",
            Self::Copilot => "GitHub Copilot",
            Self::ClaudeLower => "claude-context-manager",
            Self::Architecture | Self::Conventions => "git session brief",
        }
    }
}
