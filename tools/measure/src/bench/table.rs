//! The results as a table: Markdown that is legible as it is.

use super::budgets::Budgets;
use super::run::{KERNEL_TEXT, Results};

/// Bytes of code in MOS 2024's kernel.
const PEER_TEXT: u64 = 24_576;

/// The table of `results`, with what `budgets` allow, and a line about the kernel's size.
pub fn table(results: &Results, budgets: &Budgets) -> String {
    let machine = results.machine;
    let optional = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), grouped);
    let header = [
        "operation",
        "user",
        "kernel",
        "total",
        "goal",
        "budget",
        "C peer",
        "times fewer",
    ];
    let rows = results.figures.iter().map(|(row, figure)| {
        let (median, peer) = (figure.median, row.peer_on(machine));
        let total = median.total();
        let ratio = peer.map(|peer| format!("{:.1}", peer as f64 / total as f64));
        [
            row.title.to_owned(),
            grouped(median.user),
            match median.guard {
                0 => grouped(median.kernel),
                guard => format!("{} + {}", grouped(median.kernel), grouped(guard)),
            },
            grouped(total),
            optional(row.goal_on(machine)),
            optional(budgets.allowed(machine, row.key)),
            optional(peer),
            ratio.unwrap_or_else(|| "-".to_owned()),
        ]
    });
    let table = align(&header, &rows.collect::<Vec<_>>());
    let text = grouped(results.kernel_text);
    let allowed = optional(budgets.allowed(machine, KERNEL_TEXT));
    let peer = grouped(PEER_TEXT);
    format!("{table}\nThe kernel has {text} bytes of code (budget {allowed}; C peer {peer}).\n")
}

/// Lays `rows` out in columns: the first to the left, the others to the right.
fn align<const N: usize>(header: &[&str; N], rows: &[[String; N]]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].len());
        cells.chain([header[column].len()]).max().unwrap_or(0)
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |cells: [&str; N]| {
        let mut line = format!("| {:<1$} |", cells[0], widths[0]);
        for (cell, width) in cells.iter().zip(widths).skip(1) {
            line += &format!(" {cell:>width$} |");
        }
        line + "\n"
    };
    let mut rule = format!("| {} |", "-".repeat(widths[0]));
    for width in &widths[1..] {
        rule += &format!(" {}: |", "-".repeat(width - 1));
    }
    let rows = rows
        .iter()
        .map(|row| line(row.each_ref().map(String::as_str)));
    line(*header) + &rule + "\n" + &rows.collect::<String>()
}

/// `count` with a comma after each group of three digits.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_in_threes() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (6_287_995, "6,287,995"),
        ] {
            assert_eq!(grouped(count), text);
        }
    }

    #[test]
    fn columns_line_up() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        let table = align(
            &["op", "total"],
            &[row("getenvid", "45"), row("x", "1,000")],
        );
        let expected = "\
| op       | total |
| -------- | ----: |
| getenvid |    45 |
| x        | 1,000 |
";
        assert_eq!(table, expected);
    }
}
