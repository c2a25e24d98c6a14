//! The tables in `docs/performance.md`.

use anyhow::{Context, Result};
use mos_run::files;
use mos_run::tree::Tree;

/// Puts `table` in place of the one called `name`: between two comments that say so.
///
/// # Errors
/// The file cannot be read or written, or lacks the comments.
pub fn update(tree: &Tree, name: &str, table: &str) -> Result<()> {
    let path = tree.root().join("docs/performance.md");
    let text = String::from_utf8(files::read(&path)?)?;
    let text = replace(&text, name, table);
    let text = text.with_context(|| format!("no place for a table in {}", path.display()))?;
    files::update(&path, text.as_bytes())
}

fn replace(text: &str, name: &str, table: &str) -> Option<String> {
    let begin = format!("<!-- table of {name}, by make bench BLESS=1 -->\n");
    let end = format!("<!-- end of the table of {name} -->\n");
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some([before, &begin, table, &end, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_replaced_and_nothing_else() {
        let text = |table: &str| {
            format!(
                "a\n<!-- table of malta, by make bench BLESS=1 -->\n{table}\
                 <!-- end of the table of malta -->\nz\n"
            )
        };
        let replaced = replace(&text("old\n"), "malta", "new\n");
        assert_eq!(replaced, Some(text("new\n")));
        assert_eq!(replace(&text(""), "gxemul", "new\n"), None);
    }
}
