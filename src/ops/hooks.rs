//! stub until hooks land
use super::ctx::Ctx;
use anyhow::Result;
#[derive(Debug)]
pub struct Installed;
pub enum Place {
    Repository,
    Global,
}
pub fn installed(_ctx: &Ctx) -> Result<bool> {
    Ok(true)
}
pub fn install(_ctx: &Ctx, _place: Place) -> Result<Installed> {
    Ok(Installed)
}
pub fn sentences(_installed: &Installed) -> Vec<String> {
    Vec::new()
}
