//! The patterns of the models, matched without an engine: each text is read once, from left to right.

use super::Pattern;

/// Whether the whole text is what the pattern describes.
pub(crate) fn matches(pattern: Pattern, text: &str) -> bool {
    match pattern {
        Pattern::RegistryId => account(text),
        Pattern::Region => (2..=25).contains(&text.len()) && text.bytes().all(|byte| lower(byte) || byte == b'-'),
        Pattern::RepositoryName => name(text),
        Pattern::PublicRepositoryName => {
            text.split('/').all(|part| runs(part, lower, |separator| separator.len() == 1))
        }
        Pattern::Prefix => text == "ROOT" || name(text.strip_suffix('/').unwrap_or(text)),
        Pattern::LayerDigest => layer_digest(text),
        Pattern::Uuid => uuid(text),
        Pattern::TagFilter => {
            (1..=128).contains(&text.len()) && some(text, |byte| word(byte) || b".*-".contains(&byte))
        }
        Pattern::RepositoryFilter => repository_filter(text),
        Pattern::ScanningFilter => runs(text, lower_or_star, |separator| separator.len() == 1),
        Pattern::SigningFilter => {
            text.split('/').all(|part| runs(part, lower_or_star, |separator| separator.len() == 1 && separator != "/"))
        }
        Pattern::PrincipalArn => principal_arn(text),
        Pattern::SigningProfileArn => signing_profile_arn(text),
        Pattern::CredentialArn => credential_arn(text),
        Pattern::TemplateKmsKey => text.is_empty() || template_kms_key(text),
    }
}

fn lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn lower_or_star(byte: u8) -> bool {
    lower(byte) || byte == b'*'
}

/// `\w`
fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// One character or more, all of them of a kind.
fn some(text: &str, kind: fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(kind)
}

fn account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn name(text: &str) -> bool {
    text.split('/').all(|part| {
        runs(part, lower, |separator| {
            matches!(separator, "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-')
        })
    })
}

/// Runs of one kind of character, with one of the separators between each two.
fn runs(text: &str, kind: fn(u8) -> bool, is_separator: fn(&str) -> bool) -> bool {
    let mut rest = text;
    loop {
        let run = rest.bytes().take_while(|byte| kind(*byte)).count();
        rest = &rest[run..];
        if run == 0 || rest.is_empty() {
            return run > 0;
        }
        let separator = rest.bytes().take_while(|byte| b"._-/".contains(byte)).count();
        if separator == 0 || !is_separator(&rest[..separator]) {
            return false;
        }
        rest = &rest[separator..];
    }
}

fn layer_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        some(algorithm, |byte| word(byte) || b"-+.".contains(&byte)) && some(hex, |byte| byte.is_ascii_hexdigit())
    })
}

fn uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').take(6).collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn repository_filter(text: &str) -> bool {
    let (above, last) = text.rsplit_once('/').map_or((None, text), |(above, last)| (Some(above), last));
    let plain = |part: &str| part.bytes().all(|byte| lower(byte) || b"._-".contains(&byte));
    plain(last)
        && above.is_none_or(|above| above.split('/').all(|part| plain(part) && part.bytes().next().is_some_and(lower)))
}

/// `arn:aws(-[a-z]+)*`, or with other letters than these.
fn partition(text: &str, letter: fn(u8) -> bool) -> bool {
    text.strip_prefix("aws").is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix('-').is_some_and(|rest| rest.split('-').all(|part| some(part, letter)))
    })
}

/// The parts of an ARN after `arn`, if it has exactly five.
fn arn(text: &str) -> Option<[&str; 5]> {
    let mut parts = text.strip_prefix("arn:")?.split(':');
    let arn = [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(arn)
}

fn principal_arn(text: &str) -> bool {
    let Some([aws, "iam", "", owner, resource]) = arn(text) else { return false };
    let path = resource.strip_prefix("role/").or_else(|| resource.strip_prefix("user/"));
    let plain = |part| some(part, |byte| word(byte) || b"+=,.@-".contains(&byte));
    partition(aws, |byte| byte.is_ascii_lowercase())
        && account(owner)
        && path.is_some_and(|path| path.split('/').all(plain))
}

fn signing_profile_arn(text: &str) -> bool {
    let Some([aws, "signer", region, owner, resource]) = arn(text) else { return false };
    partition(aws, |byte| byte.is_ascii_lowercase())
        && some(region, |byte| lower(byte) || byte == b'-')
        && account(owner)
        && resource.strip_prefix("/signing-profiles/").is_some_and(|name| name.len() >= 2 && some(name, word))
}

fn credential_arn(text: &str) -> bool {
    let Some((owner, name)) = text.rsplit_once(":secret:ecr-pullthroughcache/") else { return false };
    let Some((aws, owner)) = owner.strip_prefix("arn:").and_then(|owner| owner.split_once(":secretsmanager:")) else {
        return false;
    };
    partition(aws, word)
        && some(owner, |byte| byte.is_ascii_alphanumeric() || b"-:".contains(&byte))
        && some(name, |byte| word(byte) || b"/+=.@-".contains(&byte))
}

fn template_kms_key(text: &str) -> bool {
    let Some([aws, "kms", region, owner, resource]) = arn(text) else { return false };
    let plain = |byte| lower(byte) || byte == b'-';
    aws.strip_prefix("aws").is_some_and(|rest| rest.bytes().all(plain))
        && some(region, plain)
        && account(owner)
        && resource.strip_prefix("key/").is_some_and(|id| some(id, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_what_their_regular_expressions_match() {
        fn check(pattern: Pattern, good: &[&str], bad: &[&str]) {
            for text in good {
                assert!(matches(pattern, text), "{pattern:?}: {text:?} matches");
            }
            for text in bad {
                assert!(!matches(pattern, text), "{pattern:?}: {text:?} does not match");
            }
        }
        check(Pattern::RegistryId, &["000000000000"], &["", "1234", "00000000000a", "0000000000000"]);
        check(Pattern::Region, &["eu", "us-east-1"], &["", "e", "EU-west-1", "abcdefghijklmnopqrstuvwxyz"]);
        check(
            Pattern::RepositoryName,
            &["a", "7", "a/b", "a.b_c__d---e", "team-1/app/web"],
            &["", "/", "a/", "/a", "a//b", "A", "a..b", "a___b", "a.-b", "-a", "a-", "a_.b", "ä", "a b", "a*"],
        );
        check(Pattern::PublicRepositoryName, &["a", "a.b_c-d/e"], &["", "a--b", "a__b", "a/", "A", "a-"]);
        check(Pattern::Prefix, &["ROOT", "prod", "prod/", "prod/team"], &["", "/", "root!", "prod//", "Prod", "ROOT/"]);
        check(
            Pattern::LayerDigest,
            &["sha256:0aF", "a-_+.9:0"],
            &["", "sha256", "sha256:", ":00", "sha256:xyz", "a:b:0"],
        );
        check(
            Pattern::Uuid,
            &["01234567-89ab-cdef-ABCD-000000000000"],
            &["", "0123456789abcdefABCD000000000000", "01234567-89ab-cdef-ABCD-00000000000g", "----"],
        );
        check(Pattern::TagFilter, &["*", "v1.*-rc_2"], &["", "a/b", "a b", "ä", &"a".repeat(129)]);
        check(Pattern::RepositoryFilter, &["", "prod", "a/b-", "a._/", "a/-b"], &["/a", "-a/b", "A", "a*"]);
        check(Pattern::ScanningFilter, &["*", "a", "prod-*", "*/a.b", "a-b_c"], &["", "-a", "a-", "a..b", "a//b", "A"]);
        check(Pattern::SigningFilter, &["*", "a/b", "a-b/c*"], &["", "/", "a/", "a--b", "a-/b", "A"]);
        check(
            Pattern::PrincipalArn,
            &["arn:aws:iam::111122223333:role/ci", "arn:aws-us-gov:iam::111122223333:user/a/b+c@d"],
            &[
                "",
                "arn:aws:iam::111122223333:root",
                "arn:aws:iam::111122223333:role/",
                "arn:aws:iam::111122223333:role//a",
                "arn:aws:iam::1111:role/a",
                "arn:aws:iam:eu:111122223333:role/a",
                "arn:aws-:iam::111122223333:role/a",
                "arn:aws:sts::111122223333:assumed-role/a/b",
                "arn:aws:iam::111122223333:role/a:b",
                "arn:aws:iam::111122223333:role/*",
            ],
        );
        check(
            Pattern::SigningProfileArn,
            &["arn:aws:signer:eu-west-1:111122223333:/signing-profiles/ab"],
            &[
                "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/a",
                "arn:aws:signer::111122223333:/signing-profiles/ab",
            ],
        );
        check(
            Pattern::CredentialArn,
            &["arn:aws:secretsmanager:eu-west-1:111122223333:secret:ecr-pullthroughcache/x-AbCdEf"],
            &[
                "arn:aws:secretsmanager:eu-west-1:111122223333:secret:other/x",
                "arn:aws:secretsmanager::secret:ecr-pullthroughcache/",
            ],
        );
        check(
            Pattern::TemplateKmsKey,
            &["", "arn:aws:kms:eu-west-1:111122223333:key/0-a", "arn:aws-cn:kms:x:111122223333:key/a"],
            &["alias/x", "arn:aws:kms:eu-west-1:111122223333:alias/x", "arn:aws:kms:eu-west-1:111122223333:key/"],
        );
    }
}
