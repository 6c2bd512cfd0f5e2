//! Numbers, and tables of them in Markdown.

/// One row of results: what was done, and each client's number beside its name.
pub struct Row {
    pub name: String,
    /// Not a number where a client did not take part.
    pub cells: Vec<f64>,
}

/// Prints a table whose first column of numbers is ours. Beside the others' numbers stand
/// ours divided by theirs.
pub fn print(title: &str, columns: &[String], decimals: usize, rows: &[Row]) {
    println!("\n{title}\n");
    println!("| | {} |", columns.join(" | "));
    println!("|---|{}", "---|".repeat(columns.len()));
    for row in rows {
        let ours = row.cells[0];
        let cell = |(index, number): (usize, &f64)| match index {
            _ if number.is_nan() => "–".into(),
            0 => format!("{number:.decimals$}"),
            _ if *number == 0.0 => "0".into(),
            _ => format!("{number:.decimals$} ({:.2})", ours / number),
        };
        let cells: Vec<String> = row.cells.iter().enumerate().map(cell).collect();
        println!("| {} | {} |", row.name, cells.join(" | "));
    }
}

/// A promise and what became of it.
pub struct Bar {
    pub what: String,
    pub measured: f64,
    pub limit: f64,
}

/// Prints which promises hold.
pub fn print_bars(bars: &[Bar]) {
    println!("\n| bar | measured | limit | |");
    println!("|---|---|---|---|");
    for Bar { what, measured, limit } in bars.iter().filter(|bar| !bar.measured.is_nan()) {
        let verdict = if measured <= limit { "holds" } else { "**missed**" };
        println!("| {what} | {measured:.2} | {limit:.2} | {verdict} |");
    }
}

/// The middle one; not a number if there is none.
pub fn median(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut numbers: Vec<_> = numbers.into_iter().filter(|number| !number.is_nan()).collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The number below which so many of a hundred lie; 0 if there is none.
pub fn percentile(numbers: &mut [u64], percent: usize) -> u64 {
    numbers.sort_unstable();
    numbers.get(numbers.len() * percent / 100).copied().unwrap_or(0)
}
