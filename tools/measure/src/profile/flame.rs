//! The call chains as a flame graph: a box for each, above the box of the caller, as wide as there were
//! instructions executed in it and in what it called.

use super::functions::Functions;
use super::tree::{KERNEL, Tree, USER};
use crate::bench::table::grouped;
use crate::svg::{Anchor, Svg};

const WIDTH: f64 = 1200.0;
/// Height of a box, and width of a letter.
const BOX: f64 = 17.0;
const LETTER: f64 = 6.8;
/// Boxes narrower than this are left out.
const NARROW: f64 = 0.5;
const TOP: f64 = 30.0;

/// A box.
struct Frame<'a> {
    name: &'a str,
    user: bool,
    count: u64,
    left: u64,
    depth: usize,
}

/// The flame graph of `tree`, an SVG file.
pub fn graph(title: &str, tree: &Tree, functions: &Functions) -> String {
    let [user, kernel] = [USER, KERNEL].map(|root| tree.total(root));
    let all = (user + kernel).max(1);
    let mut frames = Vec::new();
    let roots = [(USER, "user mode", 0), (KERNEL, "kernel mode", user)];
    for (root, name, left) in roots {
        let frame = Frame {
            name,
            user: root == USER,
            count: tree.total(root),
            left,
            depth: 0,
        };
        collect(tree, functions, root, frame, &mut frames);
    }
    let scale = WIDTH / all as f64;
    frames.retain(|frame| frame.count as f64 * scale >= NARROW);
    let depth = frames.iter().map(|frame| frame.depth).max().unwrap_or(0);
    let bottom = TOP + BOX * depth as f64;

    let mut svg = Svg::new(WIDTH, bottom + BOX + 5.0);
    svg.text([8.0, 19.0], Anchor::Start, title);
    for frame in frames {
        let (x, width) = (frame.left as f64 * scale, frame.count as f64 * scale);
        let y = bottom - BOX * frame.depth as f64;
        let share = frame.count as f64 * 100.0 / all as f64;
        let tip = format!("{}: {} ({share:.2} %)", frame.name, grouped(frame.count));
        svg.rectangle(
            [x, y, (width - 0.5).max(NARROW), BOX - 1.0],
            color(&frame),
            &tip,
        );
        let letters = (width / LETTER) as usize;
        if letters > 2 {
            let name: String = frame.name.chars().take(letters).collect();
            svg.text([x + 3.0, y + BOX - 5.0], Anchor::Start, &name);
        }
    }
    svg.finish()
}

/// Adds `frame`, which is that of `node`, and all above it.
fn collect<'a>(
    tree: &Tree,
    functions: &'a Functions,
    node: usize,
    frame: Frame<'a>,
    frames: &mut Vec<Frame<'a>>,
) {
    let (user, depth, mut left) = (frame.user, frame.depth + 1, frame.left);
    frames.push(frame);
    for (&function, &callee) in &tree.nodes[node].callees {
        let count = tree.total(callee);
        let name = functions.name(function);
        let above = Frame {
            name,
            user,
            count,
            left,
            depth,
        };
        collect(tree, functions, callee, above, frames);
        left += count;
    }
}

/// Blue for user mode and red for kernel mode, in several shades so that neighbours differ.
fn color(frame: &Frame) -> &'static str {
    let shade = frame.name.bytes().map(usize::from).sum::<usize>() % 3;
    if frame.user {
        ["#8ecae6", "#a8dadc", "#90b8e8"][shade]
    } else {
        ["#f4a261", "#f6bd60", "#ee8f6f"][shade]
    }
}
