//! Which file names which: arrows read out of `use` and out of paths.

use std::collections::{BTreeMap, BTreeSet};

/// A module's path below the crate; the crate itself is empty.
pub type Module = Vec<String>;

/// From each module to those it names.
pub type Arrows = BTreeMap<Module, BTreeSet<Module>>;

/// `code` is that of each module, without comments and tests.
pub fn of(code: &BTreeMap<Module, String>) -> Arrows {
    let arrows = code.iter().map(|(module, text)| {
        let paths = paths(text).into_iter();
        let named = paths.filter_map(|path| resolve(module, &path, code));
        (module.clone(), named.filter(|other| other != module).collect())
    });
    arrows.collect()
}

/// Modules that lead back to themselves, each with those on its way.
pub fn circles(arrows: &Arrows) -> Vec<Vec<Module>> {
    let mut found: Vec<Vec<Module>> = Vec::new();
    for module in arrows.keys() {
        let ahead = reachable(arrows, module);
        if ahead.contains(module) && !found.iter().any(|circle| circle.contains(module)) {
            let back = |other: &&Module| reachable(arrows, other).contains(module);
            found.push(ahead.iter().filter(back).cloned().collect());
        }
    }
    found
}

fn reachable(arrows: &Arrows, from: &Module) -> BTreeSet<Module> {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<_> = arrows.get(from).into_iter().flatten().collect();
    while let Some(module) = waiting.pop() {
        if seen.insert(module.clone()) {
            waiting.extend(arrows.get(module).into_iter().flatten());
        }
    }
    seen
}

/// Every path that begins with `crate`, `super` or `self`, braces taken apart. What a module
/// only passes on (`pub use`) is no arrow of its.
fn paths(text: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut rest = text;
    while let Some((at, root)) = next_root(rest) {
        let before = rest[..at].lines().next_back().unwrap_or_default().trim_start();
        let path = &rest[at..];
        let end = path_end(path);
        if !(before.starts_with("pub") && before.contains("use ")) {
            paths.extend(apart("", &path[..end]).iter().map(|path| {
                path.split("::").map(str::to_owned).filter(|word| !word.is_empty()).collect()
            }));
        }
        rest = &rest[at + end.max(root.len())..];
    }
    paths
}

fn next_root(text: &str) -> Option<(usize, &'static str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let roots = ["crate::", "super::", "self::"].into_iter().filter_map(|root| {
        let mut places = text.match_indices(root).map(|(at, _)| at);
        places.find(|&at| !text[..at].chars().next_back().is_some_and(is_word)).map(|at| (at, root))
    });
    roots.min()
}

/// Where a path and its braces end.
fn path_end(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' if text[..at].ends_with("::") || depth > 0 => depth += 1,
            '}' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ if depth > 0 || c.is_alphanumeric() || matches!(c, '_' | ':') => {}
            _ => return at,
        }
    }
    text.len()
}

fn apart(before: &str, text: &str) -> Vec<String> {
    let Some((start, list)) = text.split_once('{') else {
        return vec![format!("{before}{}", text.trim())];
    };
    let before = format!("{before}{}", start.trim());
    let list = list.trim_end().strip_suffix('}').unwrap_or(list);
    let (mut pieces, mut depth) = (vec![String::new()], 0);
    for c in list.chars() {
        match c {
            ',' if depth == 0 => pieces.push(String::new()),
            _ => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                pieces.last_mut().expect("one at least").push(c);
            }
        }
    }
    let pieces = pieces.iter().filter(|piece| !piece.trim().is_empty());
    pieces.flat_map(|piece| apart(&before, piece)).collect()
}

/// The longest part of the path that is a module.
fn resolve(from: &Module, path: &[String], code: &BTreeMap<Module, String>) -> Option<Module> {
    let mut module = if path[0] == "crate" { Module::new() } else { from.clone() };
    let ups = path.iter().take_while(|word| *word == "super").count();
    module.truncate(module.len().saturating_sub(ups));
    let words = path.iter().skip_while(|word| matches!(word.as_str(), "crate" | "super" | "self"));
    for word in words {
        module.push(word.clone());
        if !code.contains_key(&module) {
            module.pop();
            break;
        }
    }
    Some(module).filter(|module| !module.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modules(code: &[(&str, &str)]) -> BTreeMap<Module, String> {
        let module = |name: &str| name.split('/').map(str::to_owned).collect();
        code.iter().map(|(name, text)| (module(name), (*text).to_owned())).collect()
    }

    #[test]
    fn a_planted_circle_is_found() {
        let straight = [
            ("a", ""),
            ("a/b", "use super::c::{self, D};\nuse crate::e::F;"),
            ("a/c", "use crate::e::{F, g::H};\nlet x = self::nothing;"),
            ("e", "pub use super::a::X;"),
        ];
        assert!(circles(&of(&modules(&straight))).is_empty());
        for planted in ["fn f() { super::b::g() }", "use crate::a::{b::G, X};", "use super::b;"] {
            let mut code = straight;
            code[2].1 = planted;
            let found = circles(&of(&modules(&code)));
            assert_eq!(found.len(), 1, "{planted}");
            assert_eq!(found[0].len(), 2, "{planted}");
        }
    }
}
