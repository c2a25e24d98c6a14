//! A system to run the shell on. A program does all that it does when it is started; what is written to a pipe stays there
//! until it is read.

use mos_sh::shell::id;
use mos_sh::system::{End, Fd, Io, Kind, Look, Mode, NoStart, Pid};
use mos_sh::{Flow, Shell, System};
use std::collections::BTreeMap;

/// What a descriptor leads to.
#[derive(Clone, Debug)]
enum Open {
    Console,
    Read { path: String, at: usize },
    Write { path: String },
    Pipe(usize),
}

#[derive(Default)]
pub struct Simulated {
    /// Files with what is in them, directories without.
    pub files: BTreeMap<String, Option<String>>,
    pub console: String,
    pub input: String,
    pub dir: String,
    open: BTreeMap<Fd, Open>,
    pipes: Vec<String>,
    pub ended: BTreeMap<Pid, i32>,
    next: Pid,
    /// What there is no more room for, if this is 0.
    pub most_open: usize,
    /// Whether the user interrupts what is waited for next.
    pub interrupts: bool,
    pub killed: Vec<Pid>,
    /// Programs that never end.
    pub running: Vec<Pid>,
}

pub const IO: Io = [0, 1, 2];

/// The path that `path` means in the directory `dir`.
fn absolute(dir: &str, path: &str) -> String {
    let dir = if path.starts_with('/') { "" } else { dir };
    let mut parts: Vec<&str> = Vec::new();
    for part in dir.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

impl Simulated {
    /// With some files and programs.
    pub fn new() -> Self {
        let mut system = Self {
            dir: "/".to_owned(),
            next: 0x401,
            most_open: 30,
            ..Self::default()
        };
        for fd in IO {
            system.open.insert(fd, Open::Console);
        }
        for dir in ["/", "/bin", "/etc", "/etc/empty"] {
            system.files.insert(dir.to_owned(), None);
        }
        for name in [
            "args", "cat", "count.b", "env", "false", "sh", "sleep", "status", "true", "oops",
        ] {
            system.put(&format!("/bin/{name}"), "\x7fELF");
        }
        system.put("/motd", "hello\n");
        system.put("/etc/one", "1\n");
        system.put("/etc/two words", "2\n");
        system.put("/etc/.hidden", "3\n");
        system.put("/script", "args $0 $1 $#; exit 7");
        system
    }

    pub fn put(&mut self, path: &str, text: &str) {
        self.files.insert(path.to_owned(), Some(text.to_owned()));
    }

    /// Runs `text` in a new shell and gives what is on the console, and the shell.
    pub fn run(&mut self, text: &str) -> (String, Shell) {
        let mut shell = Shell {
            arguments: vec!["sh".to_owned()],
            ..Shell::default()
        };
        shell.whole_text(self, text, IO);
        assert!(
            self.open.keys().eq(&IO),
            "{text:?} leaves {:?} open",
            self.open
        );
        (std::mem::take(&mut self.console), shell)
    }

    fn path(&self, path: &str) -> String {
        absolute(&self.dir, path)
    }

    fn new_fd(&mut self, what: Open) -> Result<Fd, String> {
        if self.open.len() >= self.most_open {
            return Err("too many files are open".to_owned());
        }
        let fd = (0..).find(|fd| !self.open.contains_key(fd)).unwrap();
        self.open.insert(fd, what);
        Ok(fd)
    }

    fn read_all(&mut self, fd: Fd) -> String {
        match self.open.get(&fd).cloned() {
            Some(Open::Console) => std::mem::take(&mut self.input),
            Some(Open::Read { path, at }) => {
                let text = self.files[&path].clone().unwrap();
                self.open.insert(
                    fd,
                    Open::Read {
                        path,
                        at: text.len(),
                    },
                );
                text[at..].to_owned()
            }
            Some(Open::Pipe(number)) => std::mem::take(&mut self.pipes[number]),
            _ => String::new(),
        }
    }

    fn new_pid(&mut self) -> Pid {
        self.next += 0x400;
        self.next
    }

    /// What a program does, and its status.
    fn program(&mut self, name: &str, args: &[String], vars: &[(String, String)], io: Io) -> i32 {
        let [input, output, error] = io;
        match name {
            "args" => {
                let shown: Vec<String> = args[1..].iter().map(|arg| format!("<{arg}>")).collect();
                self.write(output, &format!("{}\n", shown.join("")));
            }
            "cat" => {
                let mut text = String::new();
                for path in &args[1..] {
                    let path = self.path(path);
                    match self.files.get(&path) {
                        Some(Some(file)) => text.push_str(file),
                        _ => {
                            self.write(error, &format!("cat: {path}: not found\n"));
                            return 1;
                        }
                    }
                }
                if args.len() == 1 {
                    text = self.read_all(input);
                }
                self.write(output, &text);
            }
            "count" => {
                let text = self.read_all(input);
                self.write(output, &format!("{}\n", text.len()));
            }
            "env" => {
                for (name, value) in vars {
                    self.write(output, &format!("{name}={value}\n"));
                }
            }
            "false" => return 1,
            "status" => return args[1].parse().unwrap(),
            "oops" => {
                self.write(output, "out\n");
                self.write(error, "err\n");
            }
            "sh" => {
                let text = self.files[&self.path(&args[1])].clone().unwrap();
                let mut shell = Shell {
                    arguments: args[1..].to_vec(),
                    ..Shell::default()
                };
                shell.whole_text(self, &text, io);
                return shell.status;
            }
            _ => {}
        }
        0
    }
}

impl Look for Simulated {
    fn names(&mut self, dir: &str) -> Vec<String> {
        let dir = self.path(dir);
        let below = format!("{}/", dir.trim_end_matches('/'));
        let paths = self.files.keys().rev().filter(|path| path.len() > 1);
        paths
            .filter_map(|path| path.strip_prefix(&below))
            .filter(|name| !name.contains('/'))
            .map(str::to_owned)
            .collect()
    }

    fn kind(&mut self, path: &str) -> Option<Kind> {
        Some(match self.files.get(&self.path(path))? {
            Some(_) => Kind::File,
            None => Kind::Directory,
        })
    }
}

impl System for Simulated {
    fn open(&mut self, path: &str, mode: Mode) -> Result<Fd, String> {
        let path = self.path(path);
        let is_there = match self.files.get(&path) {
            Some(None) => return Err("it is a directory".to_owned()),
            found => found.is_some(),
        };
        let what = match mode {
            Mode::Read if is_there => Open::Read { path, at: 0 },
            Mode::Read => return Err("not found".to_owned()),
            Mode::Append if is_there => Open::Write { path },
            Mode::Append | Mode::Write => {
                self.put(&path, "");
                Open::Write { path }
            }
        };
        self.new_fd(what)
    }

    fn pipe(&mut self) -> Result<(Fd, Fd), String> {
        self.pipes.push(String::new());
        let number = self.pipes.len() - 1;
        let reader = self.new_fd(Open::Pipe(number))?;
        match self.new_fd(Open::Pipe(number)) {
            Ok(writer) => Ok((reader, writer)),
            Err(why) => {
                self.close(reader);
                Err(why)
            }
        }
    }

    fn text(&mut self, text: &str) -> Result<Fd, String> {
        self.pipes.push(text.to_owned());
        self.new_fd(Open::Pipe(self.pipes.len() - 1))
    }

    fn close(&mut self, fd: Fd) {
        assert!(!IO.contains(&fd), "{fd} is not the shell's to close");
        assert!(self.open.remove(&fd).is_some(), "{fd} is not open");
    }

    fn write(&mut self, fd: Fd, text: &str) {
        match self.open.get(&fd).cloned() {
            Some(Open::Console) => self.console.push_str(text),
            Some(Open::Write { path }) => {
                self.files
                    .get_mut(&path)
                    .unwrap()
                    .as_mut()
                    .unwrap()
                    .push_str(text);
            }
            Some(Open::Pipe(number)) => self.pipes[number].push_str(text),
            what => panic!("{fd} is {what:?}"),
        }
    }

    fn spawn(
        &mut self,
        path: &str,
        args: &[String],
        vars: &[(String, String)],
        io: Io,
    ) -> Result<Pid, NoStart> {
        let path = self.path(path);
        match &self.files[&path] {
            Some(text) if text == "\x7fELF" => {}
            Some(text) if text.starts_with('\x7f') => {
                return Err(NoStart::Other("no memory".to_owned()));
            }
            _ => return Err(NoStart::NoProgram),
        }
        let name = path.rsplit('/').next().unwrap().trim_end_matches(".b");
        let pid = self.new_pid();
        if name == "sleep" {
            self.running.push(pid);
            return Ok(pid);
        }
        let status = self.program(name, args, vars, io);
        self.ended.insert(pid, status);
        Ok(pid)
    }

    fn fork(&mut self, io: Io, work: impl FnOnce(&mut Self) -> i32) -> Result<Pid, String> {
        let pid = self.new_pid();
        let (dir, open) = (self.dir.clone(), self.open.clone());
        self.open.retain(|fd, _| io.contains(fd) || IO.contains(fd));
        let status = work(self);
        (self.dir, self.open) = (dir, open);
        self.ended.insert(pid, status);
        Ok(pid)
    }

    fn wait(&mut self, pids: &[Pid]) -> End {
        if std::mem::take(&mut self.interrupts) {
            return End::Interrupted;
        }
        let mut status = 0;
        for pid in pids {
            assert!(!self.running.contains(pid), "{} never ends", id(*pid));
            status = self.ended.remove(pid).expect("nobody else has waited");
        }
        End::Status(status)
    }

    fn ended(&mut self, pid: Pid) -> Option<i32> {
        self.ended.remove(&pid)
    }

    fn kill(&mut self, pid: Pid) -> Result<(), String> {
        let at = self.running.iter().position(|running| *running == pid);
        let at = at.ok_or("there is no such process")?;
        self.running.remove(at);
        self.killed.push(pid);
        self.ended.insert(pid, 137);
        Ok(())
    }

    fn current_dir(&mut self) -> String {
        self.dir.clone()
    }

    fn change_dir(&mut self, path: &str) -> Result<(), String> {
        match self.kind(path) {
            Some(Kind::Directory) => {
                self.dir = self.path(path);
                Ok(())
            }
            Some(Kind::File) => Err("it is no directory".to_owned()),
            None => Err("not found".to_owned()),
        }
    }
}

/// What is printed when `text` is carried out.
pub fn printed(text: &str) -> String {
    Simulated::new().run(text).0
}

#[test]
fn a_shell_that_was_told_to_end_says_so() {
    let mut system = Simulated::new();
    let mut shell = Shell::default();
    assert_eq!(
        shell.whole_text(&mut system, "exit 3; args no", IO),
        Flow::Exit
    );
    assert_eq!((shell.status, system.console.as_str()), (3, ""));
}
