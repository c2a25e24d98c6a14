//! The results as a bar chart, next to the C kernel's. The scale is logarithmic: a bar's length tells the
//! number of digits.

use super::run::Results;
use super::table::grouped;
use crate::svg::{Anchor, Svg};

const OURS: &str = "#2a6f97";
const PEER: &str = "#c9c9c9";

/// Where bars begin.
const LEFT: f64 = 330.0;
/// Length of a bar for each factor of ten.
const DECADE: f64 = 75.0;
const BAR: f64 = 12.0;
/// From one row to the next.
const STEP: f64 = 32.0;
const TOP: f64 = 60.0;

/// The chart, an SVG file.
pub fn chart(results: &Results) -> String {
    let machine = results.machine;
    let height = TOP + STEP * results.figures.len() as f64;
    let mut svg = Svg::new(LEFT + 8.0 * DECADE, height);
    let title = format!("Instructions of the guest on {machine}, median, logarithmic scale");
    svg.text([10.0, 22.0], Anchor::Start, &title);
    svg.rectangle([10.0, 32.0, BAR, BAR], OURS, "MOS");
    svg.text([28.0, 42.0], Anchor::Start, "this kernel");
    svg.rectangle([120.0, 32.0, BAR, BAR], PEER, "C");
    svg.text(
        [138.0, 42.0],
        Anchor::Start,
        "the course's kernel in C, -O2",
    );

    for (index, (row, figure)) in results.figures.iter().enumerate() {
        let y = TOP + STEP * index as f64;
        svg.text([LEFT - 8.0, y + BAR + 4.0], Anchor::End, row.title);
        let ours = Some(figure.median.total());
        let bars = [(ours, OURS, y), (row.peer_on(machine), PEER, y + BAR)];
        for (count, color, y) in bars {
            let Some(count) = count else { continue };
            let (length, count) = ((count.max(1) as f64).log10() * DECADE, grouped(count));
            svg.rectangle([LEFT, y, length, BAR - 1.0], color, &count);
            svg.text([LEFT + length + 5.0, y + BAR - 2.0], Anchor::Start, &count);
        }
    }
    svg.finish()
}
