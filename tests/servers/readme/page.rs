//! What stands in a page of Markdown.

/// The command lines: those that are indented, or fenced as `sh`. Comments are left out,
/// lines that go on are joined.
pub fn commands(page: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut fence = None;
    let mut goes_on = false;
    for line in page.lines() {
        if let Some(language) = line.strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(language) };
            continue;
        }
        let line = match fence {
            Some("sh") => line,
            Some(_) => continue,
            None => match line.strip_prefix("    ") {
                Some(line) => line,
                None => continue,
            },
        };
        let text = line.split(" #").next().unwrap_or_default().trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let (text, more) = match text.strip_suffix('\\') {
            Some(text) => (text, true),
            None => (text, false),
        };
        match commands.last_mut() {
            Some(last) if goes_on => last.push_str(text),
            _ => commands.push(text.to_owned()),
        }
        goes_on = more;
    }
    commands
}

/// The files that it links to, as it writes them.
pub fn links(page: &str) -> Vec<String> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).map(str::to_owned).collect()
}

/// Name and default of each property in its table. A row may be for
/// several, with one default for each, or none.
pub fn properties(page: &str) -> Vec<(String, String)> {
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let names: Vec<_> = cells[1].split(", ").map(|name| name.trim_matches('`')).collect();
        let mut defaults: Vec<_> =
            cells[2].split(", ").map(|text| text.trim_matches('`')).collect();
        if cells[2].is_empty() {
            defaults.resize(names.len(), "");
        }
        assert_eq!(names.len(), defaults.len(), "names and defaults in {row}");
        names
            .into_iter()
            .zip(defaults)
            .map(|(name, default)| (name.to_owned(), default.to_owned()))
            .collect::<Vec<_>>()
    })
    .collect()
}
