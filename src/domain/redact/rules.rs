//! Tokens that are told by their shape: one row a provider. The expressions use ASCII classes and
//! the linear-time engine only, and each is built at most once, when a keyword of its row occurs.

mod services;

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::Unavailable;
use super::strength::{any, has_digit, mixed, strong};

/// Every row, table by table, in the order in which they run.
pub(super) static TABLES: [&[Rule]; 2] = [&RULES, &services::RULES];

/// One row: text that has none of `keywords` cannot match `shape`.
pub(super) struct Rule {
    /// What stands in the place of the secret, `[REDACTED:name]`.
    pub(super) name: &'static str,
    keywords: &'static [&'static str],
    shape: &'static str,
    check: fn(&str) -> bool,
    built: OnceLock<Option<Regex>>,
}

impl Rule {
    pub(super) const fn new(
        name: &'static str,
        keywords: &'static [&'static str],
        shape: &'static str,
        check: fn(&str) -> bool,
    ) -> Self {
        Self {
            name,
            keywords,
            shape,
            check,
            built: OnceLock::new(),
        }
    }

    /// Whether the expression is needed for a text.
    pub(super) fn may_match(&self, text: &str) -> bool {
        self.keywords.iter().any(|keyword| text.contains(keyword))
    }

    /// Where the secrets are: group `s` of the shape, or all of the match if it has none.
    pub(super) fn find(&self, text: &str) -> Result<Vec<Range<usize>>, Unavailable> {
        if !self.may_match(text) {
            return Ok(Vec::new());
        }
        let regex = self.built.get_or_init(|| Regex::new(self.shape).ok());
        let regex = regex.as_ref().ok_or(Unavailable)?;
        let secrets = regex.captures_iter(text).filter_map(|captures| {
            let secret = captures.name("s").or_else(|| captures.get(0))?;
            (self.check)(secret.as_str()).then(|| secret.range())
        });
        Ok(secrets.collect())
    }
}

/// Keys and the tokens that are met most. `(?:^|[^A-Za-z0-9])` in front keeps a short prefix
/// from matching inside a word (`task-…`, base64); a distinctive prefix needs no such guard.
static RULES: [Rule; 31] = [
    Rule::new(
        "private-key",
        &["PRIVATE KEY"],
        r"(?s)-{3,}\s?BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?\s?-{3,}.*?(?:-{3,}\s?END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?\s?-{3,}|\z)",
        any,
    ),
    // PuTTY's own format (appendix C.3 of its manual): the lines behind the count are base64
    Rule::new(
        "private-key",
        &["PuTTY-User-Key-File"],
        r"PuTTY-User-Key-File-[0-9]+:[\s\S]*?Private-Lines: ?[0-9]+\s+(?<s>[A-Za-z0-9+/=][\s\S]*?(?:Private-(?:MAC|Hash): ?[0-9a-fA-F]+|\z))",
        any,
    ),
    Rule::new(
        "jwt",
        &["eyJ"],
        r"eyJ[A-Za-z0-9_-]{8,}\.(?:eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?|[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{8,}){0,2})",
        any,
    ),
    Rule::new(
        "aws-access-key",
        &["AKIA", "ASIA", "ABIA", "ACCA", "A3T"],
        r"(?:^|[^A-Za-z0-9])(?<s>A(?:KIA|SIA|BIA|CCA|3T[A-Z0-9])[A-Z0-9]{16,})",
        has_digit,
    ),
    Rule::new(
        "aws-secret-key",
        &["aws", "AWS", "Aws"],
        r"(?i:aws)[^\n]{0,40}?(?i:secret|key)[^\n]{0,40}?[^A-Za-z0-9/+](?<s>[A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+]|$)",
        strong,
    ),
    Rule::new(
        "github-token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        r"gh[pousr]_[A-Za-z0-9_]{30,}(?:\.[A-Za-z0-9_-]{16,})*",
        mixed,
    ),
    Rule::new(
        "github-token",
        &["github_pat_"],
        r"github_pat_[A-Za-z0-9_]{22,}",
        mixed,
    ),
    Rule::new(
        "gitlab-token",
        &[
            "glpat-", "gldt-", "glptt-", "glft-", "glrt-", "glcbt-", "glimt-", "glsoat-",
            "glagent-", "gloas-", "glffct-",
        ],
        r"gl(?:pat|dt|ptt|ft|rt|cbt|imt|soat|agent|oas|ffct)-[A-Za-z0-9_-]{20,}(?:\.[0-9a-z]{2}\.?[0-9a-z]{7,9})?",
        mixed,
    ),
    Rule::new(
        "slack-token",
        &[
            "xoxa-", "xoxb-", "xoxc-", "xoxd-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-",
            "xoxe.", "xapp-",
        ],
        r"(?:xox[a-z][-.]|xapp-)[A-Za-z0-9%_-]{10,}",
        has_digit,
    ),
    Rule::new(
        "slack-webhook",
        &["hooks.slack.com"],
        r"hooks\.slack\.com/(?:services|workflows|triggers)/(?<s>[A-Za-z0-9+/_-]{20,})",
        any,
    ),
    Rule::new(
        "discord-webhook",
        &["/api/webhooks/"],
        r"discord(?:app)?\.com/api/webhooks/[0-9]{5,}/(?<s>[A-Za-z0-9_-]{30,})",
        any,
    ),
    Rule::new(
        "stripe-key",
        &[
            "sk_live_", "rk_live_", "sk_test_", "rk_test_", "sk_prod_", "rk_prod_", "whsec_",
        ],
        r"(?:^|[^A-Za-z0-9])(?<s>(?:(?:sk|rk)_(?:live|test|prod)|whsec)_[A-Za-z0-9]{10,})",
        token_after_underscore,
    ),
    Rule::new(
        "google-api-key",
        &["AIza"],
        r"(?:^|[^A-Za-z0-9])(?<s>AIza[A-Za-z0-9_-]{30,})",
        any,
    ),
    Rule::new(
        "google-oauth",
        &["ya29.", "GOCSPX-"],
        r"(?:^|[^A-Za-z0-9])(?<s>(?:ya29\.|GOCSPX-)[A-Za-z0-9_-]{20,})",
        mixed,
    ),
    Rule::new(
        "anthropic-key",
        &["sk-ant-"],
        r"sk-ant-[A-Za-z0-9_-]{16,}",
        has_digit,
    ),
    Rule::new(
        "openai-key",
        &["sk-"],
        r"(?:^|[^A-Za-z0-9])(?<s>sk-(?:(?:proj|svcacct|admin|None|or-v1|lf)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{20,}))",
        has_digit,
    ),
    Rule::new("npm-token", &["npm_"], r"npm_[A-Za-z0-9]{30,}", mixed),
    Rule::new("pypi-token", &["pypi-"], r"pypi-[A-Za-z0-9_-]{16,}", strong),
    Rule::new(
        "huggingface-token",
        &["hf_", "api_org_"],
        r"(?:^|[^A-Za-z0-9])(?<s>(?:hf|api_org)_[A-Za-z0-9]{30,})",
        mixed,
    ),
    Rule::new(
        "sendgrid-key",
        &["SG."],
        r"(?:^|[^A-Za-z0-9])(?<s>SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
        any,
    ),
    Rule::new(
        "twilio-key",
        &["SK"],
        r"(?:^|[^A-Za-z0-9])(?<s>SK[0-9a-f]{32,})",
        any,
    ),
    Rule::new(
        "digitalocean-token",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        r"do[opr]_v1_[0-9a-f]{40,}",
        any,
    ),
    Rule::new(
        "docker-token",
        &["dckr_"],
        r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}",
        mixed,
    ),
    Rule::new(
        "vault-token",
        &["hvs.", "hvb.", "hvr."],
        r"(?:^|[^A-Za-z0-9])(?<s>hv[sbr]\.[A-Za-z0-9_-]{24,})",
        mixed,
    ),
    Rule::new(
        "rubygems-token",
        &["rubygems_"],
        r"rubygems_[0-9a-f]{40,}",
        any,
    ),
    Rule::new(
        "shopify-token",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        r"shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32,}",
        any,
    ),
    Rule::new(
        "grafana-token",
        &["glsa_", "glc_"],
        r"(?:^|[^A-Za-z0-9])(?<s>gl(?:sa|c)_[A-Za-z0-9_+/=]{32,})",
        mixed,
    ),
    Rule::new(
        "atlassian-token",
        &["ATATT3"],
        r"ATATT3[A-Za-z0-9_=-]{40,}",
        any,
    ),
    Rule::new(
        "age-key",
        &["AGE-SECRET-KEY-", "age-secret-key-"],
        r"(?i)AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{40,}",
        any,
    ),
    Rule::new(
        "telegram-token",
        &[":AA"],
        r"(?:^|[^A-Za-z0-9])(?<s>[0-9]{8,12}:AA[A-Za-z0-9_-]{32,})",
        any,
    ),
    // Linear, Groq, Notion, xAI, Perplexity, Replicate, Supabase, PlanetScale, Doppler, Figma, Postman,
    // New Relic, Tailscale, Sentry, Netlify, Databricks
    Rule::new(
        "service-token",
        &[
            "lin_api_", "gsk_", "ntn_", "xai-", "pplx-", "r8_", "sbp_", "pscale_", "dp.", "figd_",
            "PMAK-", "NRAK-", "tskey-", "sntrys_", "sntryu_", "nfp_", "dapi",
        ],
        r"(?:^|[^A-Za-z0-9])(?<s>(?:lin_api_|gsk_|ntn_|xai-|pplx-|r8_|sbp_|pscale_(?:tkn|pw|oauth)_|dp\.(?:pt|st|ct|sa)\.|figd_|PMAK-|NRAK-|tskey-[a-z]+-|sntry[su]_|nfp_|dapi)[A-Za-z0-9]{16,}[A-Za-z0-9_=/+-]*)",
        service_token,
    ),
];

/// Digits and letters behind the name of the service, which may have a digit itself.
fn service_token(secret: &str) -> bool {
    let token = secret.strip_prefix("r8_").unwrap_or(secret);
    has_digit(token) && mixed(token)
}

/// `sk_test_configuration` is a name, `sk_test_4eC39HqLyjWD` a key.
fn token_after_underscore(secret: &str) -> bool {
    secret.rsplit('_').next().is_some_and(mixed)
}
