//! Services that are met less often, and keys that are told by what stands around them.

use super::super::strength::{any, has_digit, is_reference, mixed, strong};
use super::{Rule, service_token};

/// The rows; those of one service first, then one for many.
pub(super) static RULES: [Rule; 34] = [
    Rule::new(
        "gitlab-token",
        &["GR1348941"],
        r"GR1348941[A-Za-z0-9_-]{20,}",
        any,
    ),
    Rule::new(
        "aws-bedrock-key",
        &["ABSK", "bedrock-api-key-"],
        r"(?:^|[^A-Za-z0-9+/])(?<s>ABSK[A-Za-z0-9+/]{60,}={0,2}|bedrock-api-key-[A-Za-z0-9+/=]{20,})",
        mixed,
    ),
    Rule::new(
        "azure-secret",
        &["Q~"],
        r"(?:^|[^A-Za-z0-9_~.-])(?<s>[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})",
        mixed,
    ),
    Rule::new(
        "azure-key",
        &["AccountKey=", "SharedAccessKey=", "sig="],
        r"(?:AccountKey=|SharedAccessKey=|[?&]sig=)(?<s>[A-Za-z0-9+/%]{30,}(?:=|%3D){0,2})",
        mixed,
    ),
    Rule::new(
        "alibaba-key",
        &["LTAI"],
        r"(?:^|[^A-Za-z0-9])(?<s>LTAI[A-Za-z0-9]{16,26})",
        mixed,
    ),
    Rule::new(
        "crates-io-token",
        &["cio"],
        r"(?:^|[^A-Za-z0-9])(?<s>cio[A-Za-z0-9]{32})(?:[^A-Za-z0-9]|$)",
        mixed,
    ),
    Rule::new(
        "discord-token",
        &[".G", ".X", ".Y"],
        r"(?:^|[^A-Za-z0-9])(?<s>[MNO][A-Za-z0-9_-]{23,28}\.[GXY][A-Za-z0-9_-]{5}\.[A-Za-z0-9_-]{27,40})",
        strong,
    ),
    Rule::new("heroku-key", &["HRKU-"], r"HRKU-[A-Za-z0-9_-]{30,}", any),
    Rule::new(
        "named-key",
        &[
            "heroku",
            "Heroku",
            "HEROKU",
            "snyk",
            "Snyk",
            "SNYK",
            "hubspot",
            "Hubspot",
            "HUBSPOT",
            "sendbird",
            "squarespace",
        ],
        r"(?i:heroku|snyk|hubspot|sendbird|squarespace)[A-Za-z0-9_ .-]{0,30}?(?i:key|token|secret|hapikey)[\s'\x22:=>]{1,6}(?<s>[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})",
        any,
    ),
    Rule::new(
        "terraform-token",
        &[".atlasv1."],
        r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,}",
        any,
    ),
    Rule::new(
        "onepassword-secret",
        &["ops_eyJ"],
        r"ops_eyJ[A-Za-z0-9+/_-]{40,}={0,3}",
        any,
    ),
    Rule::new(
        "onepassword-secret",
        &["A3-"],
        r"(?:^|[^A-Za-z0-9])(?<s>A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3})",
        has_digit,
    ),
    Rule::new(
        "mailgun-key",
        &["key-"],
        r"(?:^|[^A-Za-z0-9-])(?<s>key-[0-9a-f]{32})(?:[^0-9a-f]|$)",
        any,
    ),
    Rule::new(
        "mailchimp-key",
        &["-us"],
        r"(?:^|[^A-Za-z0-9])(?<s>[0-9a-f]{32}-us[0-9]{1,2})(?:[^A-Za-z0-9]|$)",
        any,
    ),
    Rule::new(
        "facebook-token",
        &["EAA"],
        r"(?:^|[^A-Za-z0-9+/])(?<s>EAA[A-Z][A-Za-z0-9]{90,})",
        strong,
    ),
    Rule::new(
        "square-token",
        &["EAAA", "sq0"],
        r"(?:^|[^A-Za-z0-9+/])(?<s>(?:EAAA|sq0(?:atp|csp)-)[A-Za-z0-9_-]{22,60})(?:[^A-Za-z0-9_-]|$)",
        strong,
    ),
    Rule::new(
        "teams-webhook",
        &[".webhook.office.com/webhookb2/"],
        r"\.webhook\.office\.com/webhookb2/(?<s>[A-Za-z0-9@-]{36,}/IncomingWebhook/[A-Za-z0-9]{20,}/[A-Za-z0-9-]{20,})",
        any,
    ),
    Rule::new(
        "dropbox-token",
        &["sl."],
        r"(?:^|[^A-Za-z0-9])(?<s>sl\.[A-Za-z0-9_=-]{100,})",
        strong,
    ),
    Rule::new(
        "dynatrace-token",
        &["dt0"],
        r"(?:^|[^A-Za-z0-9])(?<s>dt0[a-z][0-9]{2}\.[A-Za-z0-9]{20,}\.[A-Za-z0-9]{50,})",
        any,
    ),
    Rule::new(
        "fly-token",
        &["fo1_", "fm1", "fm2_"],
        r"(?:^|[^A-Za-z0-9])(?<s>fo1_[A-Za-z0-9_-]{40,}|fm(?:1[ar]|2)_[A-Za-z0-9+/]{60,}={0,3})",
        mixed,
    ),
    Rule::new(
        "openshift-token",
        &["sha256~"],
        r"sha256~[A-Za-z0-9_-]{40,}",
        mixed,
    ),
    Rule::new(
        "harness-key",
        &["pat.", "sat."],
        r"(?:^|[^A-Za-z0-9])(?<s>[ps]at\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20})",
        mixed,
    ),
    Rule::new(
        "airtable-token",
        &["pat"],
        r"(?:^|[^A-Za-z0-9])(?<s>pat[A-Za-z0-9]{14}\.[0-9a-f]{64})",
        any,
    ),
    Rule::new(
        "mapbox-token",
        &["pk.eyJ", "sk.eyJ", "tk.eyJ"],
        r"(?:^|[^A-Za-z0-9])(?<s>[pst]k\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,})",
        any,
    ),
    Rule::new(
        "cloudflare-key",
        &["v1.0-"],
        r"v1\.0-[0-9a-f]{24}-[0-9a-f]{100,}",
        any,
    ),
    Rule::new(
        "octopus-key",
        &["API-"],
        r"(?:^|[^A-Za-z0-9])(?<s>API-[A-Z0-9]{25,32})(?:[^A-Za-z0-9]|$)",
        mixed,
    ),
    Rule::new(
        "artifactory-token",
        &["AKCp", "cmVmd"],
        r"(?:^|[^A-Za-z0-9+/])(?<s>AKCp[A-Za-z0-9]{60,}|cmVmd[A-Za-z0-9]{50,})",
        strong,
    ),
    Rule::new(
        "maxmind-key",
        &["_mmk"],
        r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk",
        any,
    ),
    Rule::new(
        "gitlab-session",
        &["_gitlab_session="],
        r"_gitlab_session=(?<s>[0-9a-z]{32})",
        any,
    ),
    Rule::new(
        "nuget-password",
        &["assword"],
        r"(?i:<add\s+key=.(?:ClearText)?Password.\s+value=.)(?<s>[^\s\x22'>]{6,})",
        no_name,
    ),
    Rule::new(
        "curl-user",
        &["curl"],
        r"curl\s[^\n|;]{0,200}?(?:-u|--user)[ =]?['\x22]?[^\s:'\x22$]+:(?<s>[^\s'\x22$][^\s'\x22]{3,})",
        no_name,
    ),
    Rule::new(
        "kubernetes-secret",
        &["kind: Secret"],
        r"kind: Secret[\s\S]{0,400}?\n(?:data|stringData):(?<s>(?:\s*\n[ \t]+[\w.-]+:[ \t]*\S[^\n]*)+)",
        any,
    ),
    // ClickHouse, EasyPost, Yandex: the prefix is part of the alphabet
    Rule::new(
        "service-token",
        &["4b1d", "EZAK", "EZTK", "AQVN"],
        r"(?:^|[^A-Za-z0-9+/])(?<s>4b1d[A-Za-z0-9]{38}|EZ[AT]K[A-Za-z0-9]{54}|AQVN[A-Za-z0-9_-]{35,38})(?:[^A-Za-z0-9_-]|$)",
        strong,
    ),
    // Adobe, Clojars, Duffel, Flutterwave, Frame.io, Infracost, 42, Defined Networking, Pulumi, Prefect, ReadMe,
    // Scalingo, Brevo, Shippo, SettleMint, Sourcegraph, SonarQube, Typeform, New Relic, NVIDIA, LangSmith, PostHog,
    // Atlassian, Notion
    Rule::new(
        "service-token",
        &[
            "p8e-", "CLOJARS_", "duffel_", "FLWSECK", "fio-u-", "ico-", "s-s4t2", "dnkey-", "pul-",
            "pnu_", "rdme_", "tk-us-", "xkeysib-", "shippo_", "sm_", "sgp_", "squ_", "sqp_",
            "sqa_", "tfp_", "NRII-", "NRJS-", "nvapi-", "lsv2_", "phx_", "ATCTT3", "ATBB",
            "secret_",
        ],
        r"(?:^|[^A-Za-z0-9_-])(?<s>(?:p8e-|CLOJARS_|duffel_(?:live|test)_|FLWSECK(?:_TEST)?-|fio-u-|ico-|s-s4t2(?:ud|af)-|dnkey-|pul-|pnu_|rdme_|tk-us-|xkeysib-|shippo_(?:live|test)_|sm_[aps]at_|sgp_(?:[0-9a-fA-F]{16}_|local_)?|sq[upa]_|tfp_|NRII-|NRJS-|nvapi-|lsv2_(?:pt|sk)_|phx_|ATCTT3|ATBB|secret_)[A-Za-z0-9]{16,}[A-Za-z0-9_=+/-]*)",
        service_token,
    ),
];

/// `-u ada:$PASSWORD` names a secret and is none.
fn no_name(word: &str) -> bool {
    !is_reference(word) && !word.starts_with("[REDACTED:")
}
