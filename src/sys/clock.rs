//! Now, and random ids: the only source of both, so that tests can fix them.

use chrono::{DateTime, SubsecRound as _, Utc};

use super::env::{self, Env};

/// The clock and the id source of one process.
#[derive(Clone, Debug)]
pub struct Clock {
    fixed: Option<(DateTime<Utc>, String)>,
}

impl Clock {
    /// The real clock, or the fixed one when both [`env::NOW`] and [`env::SEED`] are set.
    pub fn from_env(env: &Env) -> Self {
        let fixed = env
            .text(env::NOW)
            .zip(env.text(env::SEED))
            .and_then(|(now, seed)| Some((now.parse().ok()?, seed.to_owned())));
        Self { fixed }
    }

    /// The present instant, to the millisecond.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.fixed {
            Some((now, _)) => *now,
            None => Utc::now().trunc_subsecs(3),
        }
    }

    /// The clock that file systems date files with, whatever is fixed.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    pub fn of_files() -> std::time::SystemTime {
        std::time::SystemTime::now()
    }

    /// How long ago something began; nothing takes time where the clock is fixed.
    pub fn since(&self, began: std::time::Instant) -> std::time::Duration {
        match self.fixed {
            Some(_) => std::time::Duration::ZERO,
            None => began.elapsed(),
        }
    }

    /// 80 random bits. With a fixed seed they are a function of the seed and the salt.
    pub fn random(&self, salt: &str) -> [u8; 10] {
        let mut bytes = [0; 10];
        match &self.fixed {
            Some((_, seed)) => {
                let wide =
                    u128::from(fnv1a(seed, salt, "a")) << 64 | u128::from(fnv1a(seed, salt, "b"));
                bytes.copy_from_slice(&wide.to_be_bytes()[..10]);
            }
            None => getrandom::fill(&mut bytes).expect("the system has a source of random numbers"),
        }
        bytes
    }
}

/// FNV-1a over the parts and a final mix, enough to spread test ids.
fn fnv1a(seed: &str, salt: &str, part: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in seed
        .bytes()
        .chain([0])
        .chain(salt.bytes())
        .chain([0])
        .chain(part.bytes())
    {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 31;
    hash.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
