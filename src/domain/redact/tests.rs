use proptest::prelude::*;

use super::*;

fn redact(text: &str) -> String {
    Redacted::new(text).0
}

/// Letters and digits that look random.
fn random(length: usize) -> String {
    "a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ"
        .chars()
        .cycle()
        .take(length)
        .collect()
}

/// Letters and digits that look like a key of no provider.
fn scattered(length: usize) -> String {
    "vQ7xKp2ZwRj9TbXc4MzLq8HfGd3NkWy6VsJt1QxB"
        .chars()
        .cycle()
        .take(length)
        .collect()
}

/// Hexadecimal digits that look like a digest.
fn hex(length: usize) -> String {
    "9f86d081884c7d659a2feaa0c55ad015"
        .chars()
        .cycle()
        .take(length)
        .collect()
}

/// Fills `{r36}` with so many random characters, `{R16}` in upper case, `{h40}` with hexadecimal
/// digits, `{KEY}` with the word, so that no scanner takes this file for a leak.
fn fill(template: &str) -> String {
    let mut out = String::new();
    for part in template.split('{') {
        let (hole, rest) = part.split_once('}').unwrap_or(("", part));
        let length = hole
            .get(1..)
            .and_then(|digits| digits.parse().ok())
            .unwrap_or(0);
        match hole.as_bytes().first() {
            Some(b'r') if length > 0 => out += &(random(length) + rest),
            Some(b'R') if length > 0 => out += &(random(length).to_ascii_uppercase() + rest),
            Some(b'h') if length > 0 => out += &(hex(length) + rest),
            Some(b'e') if length > 0 => out += &(scattered(length) + rest),
            _ if hole == "KEY" => out += &(hole.to_owned() + rest),
            _ if out.is_empty() && template.starts_with(part) => out += part,
            _ => out += &("{".to_owned() + part),
        }
    }
    out
}

/// A rule and a text of it, to be filled.
const PLANTED: [(&str, &str); 118] = [
    (
        "private-key",
        "-----BEGIN RSA PRIVATE {KEY}-----\n{r64}\n-----END RSA PRIVATE {KEY}-----",
    ),
    (
        "private-key",
        "-----BEGIN OPENSSH PRIVATE {KEY}-----\\n{r64}",
    ),
    (
        "private-key",
        "-----BEGIN PGP PRIVATE {KEY} BLOCK-----\n{r64}",
    ),
    ("jwt", "eyJ{r20}.eyJ{r30}.{r43}"),
    ("aws-access-key", "AKIA{R16}"),
    ("aws-secret-key", "aws secret key {r40}"),
    ("github-token", "ghp_{r36}"),
    ("github-token", "gho_{r36}"),
    ("github-token", "ghu_{r36}"),
    ("github-token", "ghs_{r36}"),
    ("github-token", "ghr_{r76}"),
    ("github-token", "github_pat_{r22}_{r59}"),
    ("gitlab-token", "glpat-{r20}"),
    ("slack-token", "xoxb-123456789012-{r24}"),
    ("slack-token", "xapp-1-A0B1-123-{h64}"),
    (
        "slack-webhook",
        "https://hooks.slack.com/services/T0AB/B0CD/{r24}",
    ),
    ("stripe-key", "sk_live_{r24}"),
    ("stripe-key", "rk_live_{r24}"),
    ("google-api-key", "AIza{r35}"),
    ("google-oauth", "ya29.{r60}"),
    ("anthropic-key", "sk-ant-api03-{r93}"),
    ("openai-key", "sk-proj-{r64}"),
    ("openai-key", "sk-{r48}"),
    ("npm-token", "npm_{r36}"),
    ("pypi-token", "pypi-AgEIcHlwaS5vcmc{r60}"),
    ("huggingface-token", "hf_{r34}"),
    ("sendgrid-key", "SG.{r22}.{r43}"),
    ("twilio-key", "SK{h32}"),
    ("digitalocean-token", "dop_v1_{h64}"),
    ("docker-token", "dckr_pat_{r27}"),
    ("vault-token", "hvs.{r90}"),
    ("rubygems-token", "rubygems_{h48}"),
    ("shopify-token", "shpat_{h32}"),
    ("grafana-token", "glsa_{r32}_{h8}"),
    ("atlassian-token", "ATATT3{r180}"),
    ("age-key", "AGE-SECRET-KEY-1{R58}"),
    ("telegram-token", "123456789:AA{r33}"),
    (
        "discord-webhook",
        "https://discord.com/api/webhooks/123456789012345678/{r68}",
    ),
    ("service-token", "lin_api_{r40}"),
    ("service-token", "gsk_{r52}"),
    ("service-token", "ntn_{r46}"),
    ("service-token", "xai-{r80}"),
    ("service-token", "pplx-{r48}"),
    ("service-token", "r8_{r37}"),
    ("service-token", "sbp_{h40}"),
    ("service-token", "pscale_tkn_{r43}"),
    ("service-token", "dp.pt.{r43}"),
    ("service-token", "figd_{r40}"),
    ("service-token", "tskey-auth-{r17}-{r32}"),
    ("service-token", "nfp_{r36}"),
    ("service-token", "dapi{h32}"),
    ("url-credentials", "postgres://app:{r9}@db.example.org/main"),
    ("authorization", "Authorization: Bearer {r24}"),
    ("authorization", "Authorization: Basic {r22}=="),
    ("assignment", "PASSWORD=correcthorse"),
    ("assignment", "db_password: hunter2"),
    ("assignment", "\"client_secret\": \"{r12}\""),
    ("assignment", "--token {r12}"),
    ("gitlab-token", "GR1348941{r20}"),
    ("aws-bedrock-key", "ABSK{r120}"),
    (
        "aws-bedrock-key",
        "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t{r40}",
    ),
    ("azure-secret", "a1B8Q~{r34}"),
    ("azure-key", "AccountKey={r86}=="),
    (
        "azure-key",
        "https://x.blob.core.windows.net/c?sv=1&sig={r43}%3D",
    ),
    ("alibaba-key", "LTAI{r20}"),
    ("crates-io-token", "cio{r32}"),
    ("discord-token", "M{r25}.G{r5}.{r38}"),
    ("heroku-key", "HRKU-AA{r58}"),
    ("named-key", "heroku api key: {h8}-{h4}-{h4}-{h4}-{h12}"),
    ("terraform-token", "{r14}.atlasv1.{r64}"),
    ("onepassword-secret", "ops_eyJ{r250}"),
    ("onepassword-secret", "A3-{R6}-{R11}-{R5}-{R5}-{R5}"),
    ("mailgun-key", "key-{h32}"),
    ("mailchimp-key", "{h32}-us12"),
    ("facebook-token", "EAAC{r120}"),
    ("square-token", "sq0atp-{r22}"),
    ("square-token", "EAAA{r60}"),
    (
        "teams-webhook",
        "https://x.webhook.office.com/webhookb2/{h8}-{h4}-{h4}-{h4}-{h12}@{h8}-{h4}-{h4}-{h4}-{h12}/IncomingWebhook/{h32}/{h8}-{h4}-{h4}-{h4}-{h12}",
    ),
    ("dropbox-token", "sl.{r135}"),
    ("dynatrace-token", "dt0c01.{R24}.{R64}"),
    ("fly-token", "fo1_{r43}"),
    ("fly-token", "fm2_{r120}"),
    ("openshift-token", "sha256~{r43}"),
    ("harness-key", "pat.{r22}.{h24}.{r20}"),
    ("airtable-token", "pat{r14}.{h64}"),
    ("mapbox-token", "sk.eyJ{r60}.{r22}"),
    ("cloudflare-key", "v1.0-{h24}-{h146}"),
    ("octopus-key", "API-{R26}"),
    ("artifactory-token", "AKCp{r69}"),
    ("artifactory-token", "cmVmd{r59}"),
    ("maxmind-key", "{r6}_{r29}_mmk"),
    ("gitlab-session", "_gitlab_session={h32}"),
    (
        "nuget-password",
        "<add key=\"ClearTextPassword\" value=\"{r12}\" />",
    ),
    ("curl-user", "curl -u ada:{r9} https://example.org"),
    (
        "kubernetes-secret",
        "kind: Secret\nmetadata:\n  name: x\ndata:\n  a: {r24}\n  b: {r12}",
    ),
    ("service-token", "4b1d{r38}"),
    ("service-token", "p8e-{h32}"),
    ("service-token", "CLOJARS_{r60}"),
    ("service-token", "duffel_live_{r43}"),
    ("service-token", "FLWSECK_TEST-{h32}-X"),
    ("service-token", "ico-{r32}"),
    ("service-token", "pul-{h40}"),
    ("service-token", "pnu_{r36}"),
    ("service-token", "rdme_{r70}"),
    ("service-token", "xkeysib-{h64}-{r16}"),
    ("service-token", "shippo_live_{h40}"),
    ("service-token", "sm_pat_{r16}"),
    ("service-token", "sgp_{h40}"),
    ("service-token", "squ_{h40}"),
    ("service-token", "tfp_{r44}_{r14}"),
    ("service-token", "NRII-{r32}"),
    ("service-token", "nvapi-{r64}"),
    ("service-token", "lsv2_pt_{h32}_{h10}"),
    ("service-token", "secret_{r43}"),
    (
        "private-key",
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 2\nAAAAC3NzaC1lZDI1NTE5\nAAAAB\nPrivate-Lines: 1\n{r44}\nPrivate-MAC: {h64}",
    ),
    ("high-entropy", "{e20}"),
    ("high-entropy", "the key {e32} works"),
    ("high-entropy", "{e40}=="),
];

pub(super) fn planted() -> Vec<(&'static str, String)> {
    PLANTED
        .iter()
        .map(|(rule, template)| (*rule, fill(template)))
        .collect()
}

/// The part of a planted secret that must be gone, wherever it stood.
pub(super) fn core(secret: &str) -> &'static str {
    let cores = [
        "a1B2c3D4e",
        "A1B2C3D4E",
        "9f86d081",
        "correcthorse",
        "hunter2",
        "vQ7xKp2Zw",
    ];
    cores
        .into_iter()
        .find(|core| secret.contains(core))
        .expect(secret)
}

#[test]
fn every_planted_secret_is_named_and_gone() {
    for (rule, secret) in planted() {
        let hits = rules_hit(&secret);
        assert!(hits.contains(&rule), "{rule}: {hits:?} {secret}");
        let text = redact(&format!("before {secret}"));
        assert!(!text.contains(core(&secret)), "{rule}: {text}");
    }
}

#[test]
fn every_expression_can_be_built_and_has_a_planted_secret() {
    let planted = planted();
    for rule in TABLES.iter().copied().flatten() {
        let found = planted
            .iter()
            .any(|(_, secret)| !rule.find(secret).expect(rule.name).is_empty());
        assert!(found, "no sample for {}", rule.name);
    }
    for (name, _) in SCANS {
        assert!(
            planted.iter().any(|(rule, _)| *rule == name),
            "no sample for {name}"
        );
    }
}

/// A text, to be filled, and what becomes of it.
const REPLACED: [(&str, &str); 28] = [
    ("use AKIA{R16} now", "use [REDACTED:aws-access-key] now"),
    ("(ghp_{r36})", "([REDACTED:github-token])"),
    (
        "ghp_{r36} ghp_{r36}",
        "[REDACTED:github-token] [REDACTED:github-token]",
    ),
    (
        "https://ada:s3cret@example.org/x",
        "https://[REDACTED:url-credentials]@example.org/x",
    ),
    (
        "redis://:p@ss@h:6379/0",
        "redis://[REDACTED:url-credentials]@h:6379/0",
    ),
    (
        "postgres://u:pa/ss@h/db",
        "postgres://[REDACTED:url-credentials]@h/db",
    ),
    (
        "export DB_PASSWORD=letmein",
        "export DB_PASSWORD=[REDACTED:assignment]",
    ),
    (
        "password=hunter2, then go",
        "password=[REDACTED:assignment], then go",
    ),
    ("password: hunter2", "password: [REDACTED:assignment]"),
    ("password: hunter2.", "password: [REDACTED:assignment]."),
    (
        "access_token: abc12345 is new",
        "access_token: [REDACTED:assignment] is new",
    ),
    ("api key: x7Qp2mZ9rT4w", "api key: [REDACTED:assignment]"),
    (
        "the password: hunter2!x9Kq and",
        "the password: [REDACTED:assignment] and",
    ),
    (
        "{\"password\": \"letmein\", \"a\": 1}",
        "{\"password\": \"[REDACTED:assignment]\", \"a\": 1}",
    ),
    (
        "{\\\"token\\\":\\\"x7Qp2mZ9\\\"}",
        "{\\\"token\\\":\\\"[REDACTED:assignment]\\\"}",
    ),
    (
        "?token=abc123def&page=2",
        "?token=[REDACTED:assignment]&page=2",
    ),
    (
        "Host=db;Password=s3cr3t!;Port=1",
        "Host=db;Password=[REDACTED:assignment];Port=1",
    ),
    (
        "clientSecret = 'a1b2c3d4'",
        "clientSecret = '[REDACTED:assignment]'",
    ),
    ("token={h40}", "token=[REDACTED:assignment]"),
    (
        "-H 'Authorization: Bearer {r24}' u",
        "-H 'Authorization: Bearer [REDACTED:authorization]' u",
    ),
    (
        "--api-key x7Qp2mZ9 --to prod",
        "--api-key [REDACTED:assignment] --to prod",
    ),
    (
        "AccountKey=abc+d/ghi==;A=x",
        "AccountKey=[REDACTED:assignment];A=x",
    ),
    (
        "password=\"correct horse battery\"",
        "password=\"[REDACTED:assignment]\"",
    ),
    (
        "SECRET_KEY_BASE=abcdefgh",
        "SECRET_KEY_BASE=[REDACTED:assignment]",
    ),
    (
        "config[\"api_key\"] = \"x7Qp2mZ9\"",
        "config[\"api_key\"] = \"[REDACTED:assignment]\"",
    ),
    (
        "password=x9y8z7;token: x7Qp2mZ9",
        "password=[REDACTED:assignment];token: [REDACTED:assignment]",
    ),
    ("PASSWORD:\tx9y8z7", "PASSWORD:\t[REDACTED:assignment]"),
    (
        "mot de passe\npassword: 123456",
        "mot de passe\npassword: [REDACTED:assignment]",
    ),
];

#[test]
fn secrets_are_replaced_and_the_rest_stays() {
    for (template, expected) in REPLACED {
        assert_eq!(redact(&fill(template)), expected, "{template}");
    }
}

#[test]
fn ordinary_text_is_untouched() {
    let table = [
        "token: expires after an hour",
        "Secret: use PKCE",
        "Secret: use PKCE flow for enhanced security, see RFC7636",
        "password=required",
        "Password: required",
        "auth: support OAuth2Provider for Google",
        "fix(auth): rotate tokens every 15 minutes",
        "feat(token)!: drop v1 tokens",
        "Authorization: Bearer tokens are checked in the middleware",
        "Use bearer authentication with refresh tokens",
        "authorization: role-based access control",
        "max_tokens=128000 token_count: 123456",
        "token = get_token(1)",
        "fn login(token: Option<String>, password: &str)",
        "let secret = config.client_secret2;",
        "GITHUB_TOKEN=${{ secrets.GITHUB_TOKEN }}",
        "TOKEN=$GITHUB_TOKEN and password=<password> and SECRET=********",
        "password: process.env.DB_PASSWORD_2",
        "private_key_path = config/keys/id_ed25519",
        "secret: ./config/secrets/v2.yaml",
        "token_id=abc123def456 public key: abc123def456",
        "Change-Id: I9f86d081884c7d659a2feaa0c55ad0159f86d081",
        "Session-Id: feature-auth-20261120-k3f9qa",
        "fixes 9f86d081884c7d659a2feaa0c55ad0159f86d081 (auth)",
        "object 9f86d081884c7d659a2feaa0c55ad0159f86d0819f86d081884c7d659a2feaa0 deadbeef",
        "auth: 9f86d081884c7d659a2feaa0c55ad0159f86d081",
        "id 123e4567-e89b-12d3-a456-426614174000",
        "src/auth/oauth_provider.rs:42: token handling",
        "aws: the secret of commit 9f86d081884c7d659a2feaa0c55ad0159f86d081 is out",
        "git@github.com:ada/project.git and ssh://git@example.org:22/x",
        "http://localhost:8080/@vite/client and https://example.org/a@b:c",
        "https://user:${TOKEN}@example.org http://host:PORT/a@b",
        "task-management-of-the-whole-desk-organisation risk-assessment-2026-11-20-draft",
        "SKIP TASK SKU SG.md eyJust pypi-publish-workflow-for-this-project",
        "npm_config_registry and hf_transfer and sk_test_configuration",
        "r8_convert_all_the_values2 dapi_client dapiSomethingWithALongName xai-integration-of-the-models",
        "docs at https://discord.com/api/webhooks/ and dp.pt.example and gsk_",
        "Session-Time: 2h 15m",
        "std::token::Secret::new and a == b",
        "token:refresh",
        "日本語: テキスト password：なし",
        "BEGIN PUBLIC KEY",
        "pub semi_token: Token![;], and token = parenthesized!(content in input)",
        "unknown token: \"====================\"",
        "https://docs.example.org/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgVE2upms/edit",
        "Message-Id: <CAP8UFD0POvYDgGtEx8GBhvKkd8XzzWQsy8XxAKL9M3@mail.example.org>",
        "sha512-7vQx9RzKp2ZwRj9TbXc4MzLq8HfGd3NkWy6VsJt1QxB7vQx9RzKp2ZwRj9TbXc4MzLq8HfGd3NkWy6VsJt1QxBa==",
        "example.org/x v1.0.0 h1:/vQ7xKp2ZwRj9TbXc4MzLq8HfGd3NkWy6VsJt1QxBa2=",
        "integrity sha256:vQ7xKp2ZwRj9TbXc4MzLq8HfGd3NkWy6VsJt1QxBa2",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIvQ7xKp2ZwRj9TbXc4MzLq8HfGd3NkWy6VsJt1QxBa2 ada",
        "/nix/store/8kvxvr3pmsypxiypq4g8zy13glnfr7nx-glibc-2.42-67/lib/libc.so.6",
        "01JD3Z5KQW7YB2M4N6P8R0T1VX and dec-01jd3z5kqw7yb2m4n6p8r0t1vx in git_session-684b8ea0dd13b8ea",
        "9F168C5E-CEB2-4faa-B6BF-329BF39FA1E4 936DA01f9abd4d9d80c702af85c822a8 0xa1a2a3a4b1b2c1c2d1d2d3d4u128",
        "TestParseHTTP2ServerConfigWithTLS13AndX509 NSLocalizedStringFromTableInBundle a_snake_case_name_of_v2",
        "abcdefghijklmnopqrstuvwxyz0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "qpvuntsmwlqtpsluzzsnyyzlmlwvmlnu v2.43.0-rc1-1234-gabcdef0123 2026-11-20T09:31:07.123456Z",
        "x86_64-unknown-linux-musl/release/deps/libgit2_sys-0123456789abcdef.rlib",
        "-----BEGIN CERTIFICATE-----\nvQ7xKp2ZwRj9TbXc4MzLq8HfGd3NkWy6VsJt1QxB\n-----END CERTIFICATE-----",
    ];
    for text in table {
        assert_eq!(redact(text), text, "{:?}", rules_hit(text));
        assert!(rules_hit(text).is_empty());
    }
}

#[test]
fn an_unterminated_key_block_takes_the_rest() {
    let text = format!("see -----BEGIN {}-----\nabc\nmore text", "PRIVATE KEY");
    assert_eq!(redact(&text), "see [REDACTED:private-key]");
}

#[test]
fn control_characters_and_outer_space_go() {
    assert_eq!(redact("  a\0b\x1b[31m\tc\r\nd\u{9b} \n"), "ab\tc\nd");
    let coloured = format!("\x1b[1;31mAKIA{}\x1b[0m!", random(16).to_ascii_uppercase());
    assert_eq!(redact(&coloured), "[REDACTED:aws-access-key]!");
    let split = format!("ghp_{}\0{}", random(10), random(26));
    assert_eq!(redact(&split), "[REDACTED:github-token]");
}

#[test]
fn an_expression_that_cannot_be_built_drops_the_text() {
    let broken = [Rule::new("broken", &["key"], "(", |_| true)];
    let broken: [&[Rule]; 1] = [&broken];
    let mut hits = Vec::new();
    assert_eq!(scrub("the key is here", &broken, &mut hits), UNAVAILABLE);
    assert_eq!(hits, ["unavailable"]);
    assert_eq!(
        scrub("nothing here", &broken, &mut Vec::new()),
        "nothing here"
    );
}

#[test]
fn json_is_a_string_and_reading_applies_the_rules() {
    let text: Redacted = serde_json::from_str("\"password=hunter2\"").unwrap();
    assert_eq!(
        serde_json::to_string(&text).unwrap(),
        "\"password=[REDACTED:assignment]\""
    );
}

#[test]
fn the_rules_that_hit_are_named_once() {
    let text = format!("ghp_{0} ghp_{0} password=hunter2", random(36));
    assert_eq!(rules_hit(&text), ["github-token", "assignment"]);
}

#[test]
fn long_texts_of_signs_do_not_take_long() {
    for sign in [
        "=",
        ":",
        "token=",
        "password:",
        "-----BEGIN ",
        "eyJ",
        "://a:",
        "bearer ",
        "\"",
        "--token ",
        "aws secret ",
    ] {
        let text = sign.repeat(65_536 / sign.len());
        assert!(!redact(&text).is_empty());
    }
}

fn sentence() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-z]{1,8}",
        "[A-Za-z0-9]{1,12}",
        "\\PC{0,4}",
        Just("password=".to_owned()),
        Just("token: ".to_owned()),
        Just("\"".to_owned()),
        Just("\n".to_owned()),
        Just("https://".to_owned()),
        Just("[REDACTED:jwt]".to_owned()),
        Just("Authorization: Bearer ".to_owned()),
        Just("aws secret ".to_owned()),
        Just("&".to_owned()),
        Just(";".to_owned()),
        Just("@".to_owned()),
    ];
    prop::collection::vec((word, " ?"), 0..12).prop_map(|words| {
        words
            .into_iter()
            .map(|(word, space)| word + &space)
            .collect()
    })
}

fn secret() -> impl Strategy<Value = (&'static str, String)> {
    (0..planted().len()).prop_map(|at| planted().swap_remove(at))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_planted_secret_never_survives(
        before in sentence(),
        opens in prop::sample::select(vec!["", " ", "(", "\"", "'", "`", "é", ", ", "\n", "\t", "<", "key is "]),
        (rule, secret) in secret(),
        after in "( |\\.|,|\\)|\"|'|\n|é|;|>)?( [a-z ]{0,20})?",
    ) {
        // A word that runs into the secret is another word.
        let glue = before.ends_with(|c: char| c.is_ascii_alphanumeric() || "_-./+=".contains(c)) && opens.is_empty();
        // In an address what is random is a path.
        let between = if glue || rule == "high-entropy" { " " } else { "" };
        let text = redact(&format!("{before}{between}{opens}{secret}{after}"));
        prop_assert!(!text.contains(core(&secret)), "{} in {}", secret, text);
    }

    #[test]
    fn redacting_twice_is_redacting_once(
        before in sentence(), (_, secret) in secret(), after in sentence()
    ) {
        let once = redact(&format!("{before}{secret}{after}"));
        prop_assert_eq!(redact(&once), once);
    }

    #[test]
    fn any_text_is_clean_and_settles(text in any::<String>()) {
        let once = redact(&text);
        prop_assert!(!once.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        prop_assert_eq!(once.trim(), once.as_str());
        prop_assert_eq!(redact(&once), once);
    }

    #[test]
    fn names_of_objects_pass(id in "[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}") {
        for text in [id.clone(), format!("revert: {id}"), format!("fixes {id}"), format!("Change-Id: I{id}"), format!("commit {id} (HEAD)")] {
            prop_assert_eq!(redact(&text), text);
        }
    }

    #[test]
    fn paths_and_prose_pass(
        path in "(src|lib|tests)(/[a-z_]{1,12}){1,4}\\.(rs|py|ts)",
        words in "[a-z]{1,10}( [a-z]{1,10}){0,8}",
    ) {
        for text in [path.clone(), format!("added {path}"), words.clone(), format!("token: {words} {path}")] {
            prop_assert_eq!(redact(&text), text);
        }
    }
}

#[test]
fn subjects_of_commits_need_no_expression() {
    let table = [
        "Merge branch 'ps/odb-source-loose' into next",
        "fix(auth): rotate tokens every 15 minutes (#1234)",
        "Revert \"Add OAuth2Provider for Google\"",
        "t5516: drop unneeded GIT_CONFIG_NOSYSTEM",
        "Bump serde_json from 1.0.140 to 1.0.154",
        "feat(api)!: drop v1, closes JIRA-1234",
        "Keep who changed an objective, and whose log has what happened",
    ];
    for subject in table {
        let mut rules = TABLES.iter().copied().flatten();
        let needed = rules.find(|rule| rule.may_match(subject));
        assert!(needed.is_none(), "{}: {subject}", needed.unwrap().name);
    }
}
