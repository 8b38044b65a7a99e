//! The repository that is looked at. What several checks need is found out once.

use std::cell::OnceCell;

use anyhow::{Result, anyhow};

use super::Needs;
use super::survey::{Survey, survey};
use crate::ops::ctx::Ctx;
use crate::ops::hooks::{self, Facts};

/// What is looked at.
pub(super) struct Patient<'a> {
    pub(super) ctx: &'a Ctx,
    usable: Result<bool>,
    hooks: OnceCell<Result<Facts, String>>,
    survey: OnceCell<Result<Survey, String>>,
}

impl<'a> Patient<'a> {
    pub(super) fn new(ctx: &'a Ctx) -> Self {
        Self {
            ctx,
            usable: ctx.store.usable(),
            hooks: OnceCell::new(),
            survey: OnceCell::new(),
        }
    }

    /// Whether there is a store that can be used, or why not.
    pub(super) const fn usable(&self) -> &Result<bool> {
        &self.usable
    }

    /// Why a check cannot be looked at.
    pub(super) fn obstacle(&self, needs: Needs) -> Option<&'static str> {
        match (needs, &self.usable) {
            (Needs::Nothing, _) | (Needs::Store, Ok(true)) => None,
            (Needs::Store, Ok(false)) => Some("nothing to look at without sessions"),
            (Needs::Store, Err(_)) => Some("not without a store that can be used"),
        }
    }

    /// The hooks.
    pub(super) fn hooks(&self) -> Result<&Facts> {
        let look = || hooks::facts(&self.ctx.repo).map_err(|error| format!("{error:#}"));
        shared(self.hooks.get_or_init(look))
    }

    /// Every session.
    pub(super) fn survey(&self) -> Result<&Survey> {
        let look = || survey(self.ctx).map_err(|error| format!("{error:#}"));
        shared(self.survey.get_or_init(look))
    }
}

/// A failure that every check which needs the answer reports.
fn shared<T>(found: &Result<T, String>) -> Result<&T> {
    found.as_ref().map_err(|why| anyhow!("{why}"))
}
