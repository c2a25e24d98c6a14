//! The system, as the shell sees it.

use crate::wish;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use libos::fd::{self, Fd as Descriptor, Master};
use libos::fs::{self, OpenOptions};
use libos::process::{self, Child, Command, ExitStatus, Forked};
use libos::{Error as Code, env, io};
use mos_programs::look::Files;
use mos_sh::shell::KILLED;
use mos_sh::system::{End, Fd, Io, Kind, Look, Mode, NoStart, Pid, System};

/// Bytes that a pipe takes before anybody reads.
const PIPE: usize = 4096;

/// Somebody who was started.
#[derive(Debug)]
struct Started {
    child: Child,
    /// Whether it is a shell, and has others whom it alone can end.
    is_shell: bool,
}

/// This system, and who was started.
#[derive(Debug, Default)]
pub struct Mos {
    children: BTreeMap<Pid, Started>,
    /// What is typed while others run goes to them by us, if a person types.
    master: Option<Master>,
}

fn status(ended: ExitStatus) -> i32 {
    ended.code().map_or(KILLED, i32::from)
}

fn told(error: impl ToString) -> String {
    error.to_string()
}

/// The descriptor with this number. The shell uses none that it was not given.
fn descriptor(number: Fd) -> Descriptor {
    Descriptor::new(number).unwrap_or(Descriptor::STDIN)
}

impl Mos {
    /// Has the keys that a person types while others run.
    pub fn watch_keys(&mut self) {
        // Where there are no keys there is nothing to watch.
        self.master = Master::new(Descriptor::STDIN).ok();
        wish::allow();
    }

    fn take(&mut self, child: Child, is_shell: bool) -> Pid {
        let pid = child.id().0;
        self.children.insert(pid, Started { child, is_shell });
        pid
    }

    /// Ends those of `pids` that still run.
    fn end(&mut self, pids: &[Pid]) {
        for pid in pids {
            if let Some(mut started) = self.children.remove(pid) {
                if started.is_shell {
                    wish::end(&mut started.child);
                }
                // It may have ended by itself.
                let _ = started.child.kill();
            }
        }
    }

    /// Whether the user does not want to wait any more. What is typed besides goes to those who run.
    fn is_interrupted(&self) -> bool {
        match &self.master {
            Some(master) => master.pass_on(),
            None => wish::is_ours(),
        }
    }

    /// Waits for `pid`; `None`: the user does not want that.
    fn wait_for(&mut self, pid: Pid) -> Option<i32> {
        loop {
            let started = self.children.get_mut(&pid)?;
            if let Some(ended) = started.child.wait_for(1) {
                self.children.remove(&pid);
                return Some(status(ended));
            }
            if self.is_interrupted() {
                return None;
            }
        }
    }
}

impl Look for Mos {
    fn names(&mut self, dir: &str) -> Vec<String> {
        Files.names(dir)
    }

    fn kind(&mut self, path: &str) -> Option<Kind> {
        Files.kind(path)
    }
}

impl System for Mos {
    fn open(&mut self, path: &str, how: Mode) -> Result<Fd, String> {
        let mut options = OpenOptions::new();
        match how {
            Mode::Read => options.read(true),
            Mode::Write => options.write(true).create(true).truncate(true),
            Mode::Append => options.append(true).create(true),
        };
        let opened = options.open(path).map_err(told)?;
        Ok(opened.into_fd().number())
    }

    fn pipe(&mut self) -> Result<(Fd, Fd), String> {
        let (read, write) = fd::pipe().map_err(told)?;
        Ok((read.number(), write.number()))
    }

    fn text(&mut self, text: &str) -> Result<Fd, String> {
        let (read, write) = self.pipe()?;
        if text.len() <= PIPE {
            self.write(write, text);
            self.close(write);
            return Ok(read);
        }
        // Somebody has to wait until it is read.
        let writer = self.fork([write; 3], |system| {
            system.write(write, text);
            0
        });
        self.close(write);
        match writer {
            Ok(_) => Ok(read),
            Err(why) => {
                self.close(read);
                Err(why)
            }
        }
    }

    fn close(&mut self, fd: Fd) {
        // What was written is not the shell's.
        let _ = fd::close(descriptor(fd));
    }

    fn write(&mut self, fd: Fd, text: &str) {
        let mut rest = text.as_bytes();
        while let Ok(count @ 1..) = fd::write(descriptor(fd), rest) {
            rest = rest.get(count..).unwrap_or_default();
        }
    }

    fn spawn(
        &mut self,
        path: &str,
        args: &[String],
        vars: &[(String, String)],
        io: Io,
    ) -> Result<Pid, NoStart> {
        let other = |error: io::Error| match error {
            io::Error::System(Code::NotExec) => NoStart::NoProgram,
            error => NoStart::Other(told(error)),
        };
        let mut command = Command::new(path);
        command.arg0(args.first().map_or(path, String::as_str));
        command.args(args.iter().skip(1)).env_clear();
        for (name, value) in vars {
            command.env(name, value);
        }
        command.current_dir(&env::current_dir());
        for (number, fd) in (0..).zip(io) {
            command.fd(descriptor(number), descriptor(fd));
        }
        // Others have no use for what shells share.
        let is_shell = path.ends_with("/sh");
        if is_shell {
            command.share_library_pages();
        }
        let started = command.spawn();
        started
            .map(|child| self.take(child, is_shell))
            .map_err(other)
    }

    fn fork(&mut self, io: Io, work: impl FnOnce(&mut Self) -> i32) -> Result<Pid, String> {
        match process::fork().map_err(told)? {
            Forked::Parent(child) => Ok(self.take(child, true)),
            Forked::Child => {
                let others = Descriptor::all().filter(|fd| fd.is_open());
                for fd in others.filter(|fd| !io.contains(&fd.number())) {
                    self.close(fd.number());
                }
                self.children.clear();
                self.master = None;
                let status = work(self);
                process::exit(u8::try_from(status).unwrap_or(u8::MAX))
            }
        }
    }

    fn wait(&mut self, pids: &[Pid]) -> End {
        let mut last = 0;
        for &pid in pids {
            if !self.children.contains_key(&pid) {
                continue;
            }
            match self.wait_for(pid) {
                Some(status) => last = status,
                None => {
                    self.end(pids);
                    return End::Interrupted;
                }
            }
        }
        End::Status(last)
    }

    fn ended(&mut self, pid: Pid) -> Option<i32> {
        let Some(started) = self.children.get_mut(&pid) else {
            return Some(0);
        };
        let ended = started.child.try_wait().map(status);
        if ended.is_some() {
            self.children.remove(&pid);
        }
        ended
    }

    fn kill(&mut self, pid: Pid) -> Result<(), String> {
        let started = self.children.get_mut(&pid);
        let started = started.ok_or("only what this shell has started can be ended")?;
        if started.is_shell {
            wish::end(&mut started.child);
        }
        match started.child.try_wait() {
            Some(_) => Ok(()),
            None => started.child.kill().map_err(told),
        }
    }

    fn current_dir(&mut self) -> String {
        env::current_dir()
    }

    fn change_dir(&mut self, path: &str) -> Result<(), String> {
        let path = fs::absolute(path).map_err(told)?;
        let data = fs::metadata(&path).map_err(told)?;
        if !data.is_dir() {
            return Err(String::from("it is no directory"));
        }
        env::set_current_dir(&path);
        Ok(())
    }
}
