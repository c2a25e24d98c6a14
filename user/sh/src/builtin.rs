//! What the shell does itself, since a program could not do it for the shell.

use crate::lexer::is_name;
use crate::shell::{Flow, Shell};
use crate::system::{Io, Pid, System};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Their names and arguments, and what they are for.
pub const ALL: [(&str, &str, &str); 9] = [
    ("cd", "[DIR|-]", "have relative paths begin there"),
    ("pwd", "", "say where they begin"),
    ("export", "[NAME[=VALUE]...]", "give variables to programs"),
    ("unset", "NAME...", "forget variables"),
    ("jobs", "", "say what runs in the background"),
    ("fg", "[%JOB]", "wait for a job"),
    ("kill", "%JOB|ID...", "end jobs and processes"),
    ("exit", "[STATUS]", "end the shell; so does Ctrl-D"),
    ("help", "", "say this"),
];

/// Whether the shell does `name` itself.
pub fn is_one(name: &str) -> bool {
    ALL.iter().any(|(own, ..)| *own == name)
}

/// Does it.
pub(crate) fn run<S: System>(shell: &mut Shell, system: &mut S, words: &[String], io: Io) -> Flow {
    let mut words = words.iter().map(String::as_str);
    let name = words.next().unwrap_or_default();
    let arguments: Vec<&str> = words.collect();
    let done = match name {
        "cd" => cd(shell, system, &arguments, io),
        "pwd" => {
            let dir = system.current_dir();
            say(system, io, &format!("{dir}\n"));
            Ok(())
        }
        "export" => export(shell, system, &arguments, io),
        "unset" => {
            arguments.iter().for_each(|name| shell.vars.unset(name));
            Ok(())
        }
        "jobs" => {
            jobs(shell, system, io);
            Ok(())
        }
        "fg" => match fg(shell, system, &arguments, io) {
            Ok(flow) => return flow,
            Err(why) => Err(why),
        },
        "kill" => kill(shell, system, &arguments),
        "exit" => match exit(shell, &arguments) {
            Ok(()) => return Flow::Exit,
            Err(why) => Err(why),
        },
        _ => {
            help(system, io);
            Ok(())
        }
    };
    match done {
        Ok(()) => shell.status = 0,
        Err(why) => shell.complain(system, io, &format!("{name}: {why}"), 1),
    }
    Flow::Next
}

fn say<S: System>(system: &mut S, io: Io, text: &str) {
    let [_, output, _] = io;
    system.write(output, text);
}

fn cd<S: System>(
    shell: &mut Shell,
    system: &mut S,
    arguments: &[&str],
    io: Io,
) -> Result<(), String> {
    let (dir, is_told) = match arguments {
        [] => (shell.vars.get("HOME").unwrap_or("/").to_owned(), false),
        ["-"] => {
            let old = shell.vars.get("OLDPWD").map(str::to_owned);
            (old.ok_or("there is no directory before this one")?, true)
        }
        [dir] => ((*dir).to_owned(), false),
        _ => return Err("it takes one directory".to_owned()),
    };
    let old = system.current_dir();
    let changed = system.change_dir(&dir);
    changed.map_err(|why| format!("{dir}: {why}"))?;
    shell.vars.set("OLDPWD", old);
    let new = system.current_dir();
    if is_told {
        say(system, io, &format!("{new}\n"));
    }
    shell.vars.set("PWD", new);
    Ok(())
}

fn export<S: System>(
    shell: &mut Shell,
    system: &mut S,
    arguments: &[&str],
    io: Io,
) -> Result<(), String> {
    if arguments.is_empty() {
        for (name, value) in shell.vars.exported() {
            say(system, io, &format!("{name}={value}\n"));
        }
    }
    for argument in arguments {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (*argument, None),
        };
        if !is_name(name) {
            return Err(format!("{name}: no variable can be called that"));
        }
        if let Some(value) = value {
            shell.vars.set(name, value.to_owned());
        }
        shell.vars.export(name);
    }
    Ok(())
}

fn jobs<S: System>(shell: &mut Shell, system: &mut S, io: Io) {
    let done = shell.jobs.reap(system);
    for job in &done {
        say(
            system,
            io,
            &format!("[{}] done     {}\n", job.number, job.text),
        );
    }
    for job in shell.jobs.iter() {
        say(
            system,
            io,
            &format!("[{}] running  {}\n", job.number, job.text),
        );
    }
}

fn fg<S: System>(
    shell: &mut Shell,
    system: &mut S,
    arguments: &[&str],
    io: Io,
) -> Result<Flow, String> {
    let job = shell.jobs.get(arguments.first().copied());
    let job = job.ok_or("there is no such job")?.clone();
    say(system, io, &format!("{}\n", job.text));
    shell.jobs.remove(job.number);
    Ok(shell.wait(system, &job.pids, job.status))
}

fn kill<S: System>(shell: &mut Shell, system: &mut S, arguments: &[&str]) -> Result<(), String> {
    // There is but one way to end here, whichever signal it is called elsewhere.
    let targets: Vec<_> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    if targets.is_empty() {
        return Err("it takes jobs or processes".to_owned());
    }
    for target in targets {
        if target.starts_with('%') {
            let job = shell.jobs.get(Some(target));
            let job = job.ok_or_else(|| format!("{target}: there is no such job"))?;
            // Those that have ended meanwhile are no failure.
            job.pids.iter().for_each(|&pid| drop(system.kill(pid)));
            continue;
        }
        let pid = process(target).ok_or_else(|| format!("{target}: a process is 8 hex digits"))?;
        system.kill(pid).map_err(|why| format!("{target}: {why}"))?;
    }
    Ok(())
}

/// The process that is printed as `text`.
fn process(text: &str) -> Option<Pid> {
    Pid::from_str_radix(text, 16).ok()
}

fn exit(shell: &mut Shell, arguments: &[&str]) -> Result<(), String> {
    match arguments {
        [] => Ok(()),
        [status] => {
            let parsed = status.parse();
            shell.status = parsed.map_err(|_| format!("{status}: that is no number"))?;
            Ok(())
        }
        _ => Err("it takes one number".to_owned()),
    }
}

fn help<S: System>(system: &mut S, io: Io) {
    for (name, arguments, purpose) in ALL {
        let call = format!("{name} {arguments}");
        say(system, io, &format!("{call:26}{purpose}\n"));
    }
    say(
        system,
        io,
        "Others are programs: ls /bin. Each says by --help what it does.\n",
    );
}
