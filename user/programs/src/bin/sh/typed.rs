//! Lines that a person types.

use crate::IO;
use crate::system::Mos;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use libos::fd::{self, Fd};
use libos::fs::{self, OpenOptions};
use libos::io::{Read, Write, eprintln, stdin, stdout};
use mos_sh::edit::complete::complete;
use mos_sh::edit::screen::COLUMNS;
use mos_sh::edit::{Editor, Step};
use mos_sh::{Flow, Shell, find};

const PROMPT: &str = "mos $ ";
/// That of a line which goes on.
const MORE: &str = "> ";
/// Where lines are kept.
const HISTORY: &str = "/.mos_history";

/// Carries out lines until there are no more.
pub fn lines(shell: &mut Shell, system: &mut Mos) {
    let mut editor = Editor::default();
    if let Ok(text) = fs::read(HISTORY) {
        editor.history.load(&String::from_utf8_lossy(&text));
    }
    shell.is_interactive = true;
    system.watch_keys();
    let mut text = String::new();
    loop {
        tell(shell, system);
        let prompt = if text.is_empty() { PROMPT } else { MORE };
        // Others want whole lines, which they need not show.
        let _ = fd::set_raw(Fd::STDIN, true);
        let typed = line(shell, system, &mut editor, prompt);
        let _ = fd::set_raw(Fd::STDIN, false);
        match typed {
            Step::Line(line) => {
                text.push_str(&line);
                text.push('\n');
                keep(&line);
            }
            Step::End => return,
            _ => {
                text.clear();
                shell.status = mos_sh::shell::INTERRUPTED;
                continue;
            }
        }
        match shell.text(system, &text, IO) {
            Err(_) => {}
            Ok(Flow::Exit) => return,
            Ok(_) => text.clear(),
        }
    }
}

/// Says which jobs have ended.
fn tell(shell: &mut Shell, system: &mut Mos) {
    for job in shell.jobs.reap(system) {
        let how = match job.status {
            None | Some(0) => String::from("done"),
            Some(status) => format!("status {status}"),
        };
        eprintln!("[{}] {how:8} {}", job.number, job.text);
    }
}

/// Has a line typed.
fn line(shell: &Shell, system: &mut Mos, editor: &mut Editor, prompt: &str) -> Step {
    let columns = shell.vars.get("COLUMNS").and_then(|text| text.parse().ok());
    let path = shell.vars.get("PATH").unwrap_or(find::PATH);
    let mut out = Vec::new();
    editor.begin(prompt, columns.unwrap_or(COLUMNS), &mut out);
    loop {
        // What cannot be shown can be typed still.
        let _ = stdout().write_all(&out);
        out.clear();
        // Not one more: what is behind the line may be for others.
        let mut byte = [0];
        if stdin().read(&mut byte) != Ok(1) {
            return Step::End;
        }
        let [byte] = byte;
        let step = editor.byte(byte, &mut out, |line| complete(line, path, system));
        if step != Step::More {
            let _ = stdout().write_all(&out);
            return step;
        }
    }
}

/// Keeps `line` for those who come later.
fn keep(line: &str) {
    if line.trim().is_empty() || line.starts_with(' ') {
        return;
    }
    // Who has no room for it has other worries.
    let mut options = OpenOptions::new();
    if let Ok(mut file) = options.append(true).create(true).open(HISTORY) {
        let _ = file.write_all(format!("{line}\n").as_bytes());
    }
}
