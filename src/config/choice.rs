//! The settings that are one of a few words: each word is written once, here.

/// Makes an enum with the words that name its variants in the file.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// The words, in the order in which they are shown.
            pub const WORDS: &[&str] = &[$($word),+];

            /// The variant that a word names.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The word in the file.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

choice!(
    /// Whether a session starts by itself (`session.auto_start`).
    AutoStart {
        /// Only `git session start` starts one.
        Off = "off",
        /// The first commit of a branch that is not the default one starts one.
        On = "on",
    }
);

choice!(
    /// When a branch switch prints the brief (`session.brief_on_checkout`).
    BriefOnCheckout {
        /// On a terminal, or when a coding agent reads the output.
        Auto = "auto",
        /// Whoever reads the output.
        Always = "always",
        /// Never.
        Never = "never",
    }
);

choice!(
    /// How much a commit message carries (`session.trailers`).
    TrailerLevel {
        /// One line an item.
        Full = "full",
        /// One line a key.
        Compact = "compact",
        /// `Session-Id` alone.
        Id = "id",
        /// Nothing; the record is made all the same.
        None = "none",
    }
);

choice!(
    /// When output is coloured (`display.color`).
    ColorChoice {
        /// On a terminal that has colours.
        Auto = "auto",
        /// Also into a file or pipe.
        Always = "always",
        /// Never.
        Never = "never",
    }
);
