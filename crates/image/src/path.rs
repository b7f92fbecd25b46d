//! Paths of a layer: relative to the image's root, `/` between the parts, no `.` and no `..`.

use crate::{Budget, Limit};

/// The path, or the link's target, lies outside the image's root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the path leads outside the image")]
pub struct Outside;

/// Writes the normal form of `raw` to `path`: no leading `/`, no empty or `.` parts, `..` resolved as text.
///
/// The root is the empty path.
pub(crate) fn normalise(raw: &[u8], path: &mut Vec<u8>) -> Result<(), Outside> {
    path.clear();
    append(raw, path)
}

fn append(raw: &[u8], path: &mut Vec<u8>) -> Result<(), Outside> {
    for part in raw.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if path.is_empty() => return Err(Outside),
            b".." => path.truncate(path.iter().rposition(|&byte| byte == b'/').unwrap_or(0)),
            _ => {
                if !path.is_empty() {
                    path.push(b'/');
                }
                path.extend_from_slice(part);
            }
        }
    }
    Ok(())
}

/// Holds `path`, in normal form, against the budget.
pub(crate) fn check(path: &[u8], budget: &Budget) -> Result<(), Limit> {
    if path.len() > budget.path_length {
        return Err(Limit::PathLength(budget.path_length));
    }
    // A path of n bytes has at most n / 2 + 1 parts, so most paths need no counting.
    if path.len() / 2 >= budget.path_depth && path.split(|&byte| byte == b'/').count() > budget.path_depth {
        return Err(Limit::PathDepth(budget.path_depth));
    }
    Ok(())
}

/// The path a symbolic link at `path` with the text `target` leads to, other links not followed.
///
/// # Errors
/// [`Outside`] where a relative target climbs over the root.
pub fn resolve_link(path: &[u8], target: &[u8]) -> Result<Vec<u8>, Outside> {
    let mut resolved = Vec::with_capacity(path.len() + target.len());
    if target.first() != Some(&b'/') {
        let parent = path.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
        resolved.extend_from_slice(&path[..parent]);
    }
    append(target, &mut resolved)?;
    Ok(resolved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised() {
        fn check(raw: &str, expect: Result<&str, Outside>) {
            let mut path = b"left over".to_vec();
            let result = normalise(raw.as_bytes(), &mut path);
            assert_eq!(result.map(|()| std::str::from_utf8(&path).unwrap()), expect, "{raw}");
        }
        check("etc/passwd", Ok("etc/passwd"));
        check("./etc//passwd", Ok("etc/passwd"));
        check("/etc/./passwd/", Ok("etc/passwd"));
        check("./", Ok(""));
        check("", Ok(""));
        check("a/../b", Ok("b"));
        check("a/b/../../c", Ok("c"));
        check("../b", Err(Outside));
        check("/..", Err(Outside));
        check("a/../../b", Err(Outside));
        check("...", Ok("..."));
    }

    #[test]
    fn links_resolve_against_their_directory() {
        fn check(path: &str, target: &str, expect: Result<&str, Outside>) {
            let resolved = resolve_link(path.as_bytes(), target.as_bytes());
            assert_eq!(resolved.map(|path| String::from_utf8(path).unwrap()), expect.map(str::to_owned));
        }
        check("etc/os-release", "../usr/lib/os-release", Ok("usr/lib/os-release"));
        check("etc/os-release", "/usr/lib/os-release", Ok("usr/lib/os-release"));
        check("lib", "usr/lib", Ok("usr/lib"));
        check("a/b/c", "d", Ok("a/b/d"));
        check("etc/x", "../../y", Err(Outside));
    }

    #[test]
    fn long_and_deep_paths_are_refused() {
        let budget = Budget { path_length: 10, path_depth: 3, ..Budget::default() };
        assert_eq!(check(b"a/b/c", &budget), Ok(()));
        assert_eq!(check(b"a/b/c/d", &budget), Err(Limit::PathDepth(3)));
        assert_eq!(check(b"abcdefghij", &budget), Ok(()));
        assert_eq!(check(b"abcdefghijk", &budget), Err(Limit::PathLength(10)));
    }
}
