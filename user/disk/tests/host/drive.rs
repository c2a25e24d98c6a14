//! An ATA disk on a channel. It is as strict as the standard: a command while it is busy, data that nobody waits for or an
//! address that is none of its registers ends the test.

use mos_disk::Registers;
use mos_disk::ide::Channel;
use mos_fs::DiskError;
use mos_fs::layout::{SECTOR, Sector};

/// What happens to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is carried out.
    Done,
    /// It ends with an error.
    Error,
    /// It ends with a fault of the device, after some of its data.
    Fault,
    /// The disk is busy until it is set back.
    Hangs,
    /// The disk is not busy, and wants nothing.
    Forgotten,
}

/// What the disk is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Nothing,
    /// Data from here goes to the host.
    In {
        sector: usize,
        left: usize,
    },
    /// Data from the host comes here.
    Out {
        sector: usize,
        left: usize,
    },
    /// What it says of itself goes to the host.
    Identity,
}

/// The disk.
#[derive(Clone, Debug)]
pub struct Drive {
    pub channel: Channel,
    pub second: bool,
    pub sectors: Vec<Sector>,
    /// Most sectors at a time; 0: only one.
    pub multiple: usize,
    /// What will happen to its commands, the next one last.
    pub fates: Vec<Fate>,
    /// How long it is busy each time.
    pub slow: u32,
    /// What is read where no disk is.
    pub nothing: Option<u8>,
    /// The commands that it was told.
    pub commands: Vec<u8>,
    /// How often registers were read or written.
    pub calls: u32,
    /// How often it was set back.
    pub resets: u32,
    /// What was written is where no power cut reaches it.
    pub flushed: bool,
    /// Where it is in all this.
    pub state: State,
}

/// Where a disk is in what it does.
#[derive(Clone, Copy, Debug)]
pub struct State {
    at_once: usize,
    busy: u32,
    status: u8,
    work: Work,
    fate: Fate,
    resetting: bool,
}

const READY: u8 = 0x50;

impl Drive {
    /// A disk of so many sectors, each of which has its number in it.
    pub fn new(sectors: usize) -> Self {
        let sector = |number: usize| [number as u8 ^ (number >> 8) as u8; SECTOR];
        Self {
            channel: Channel::PRIMARY,
            second: false,
            sectors: (0..sectors).map(sector).collect(),
            multiple: 16,
            fates: Vec::new(),
            slow: 3,
            nothing: None,
            commands: Vec::new(),
            calls: 0,
            resets: 0,
            flushed: true,
            state: State {
                at_once: 1,
                busy: 0,
                status: READY,
                work: Work::Nothing,
                fate: Fate::Done,
                resetting: false,
            },
        }
    }

    /// Reads status, which passes time.
    fn read_status(&mut self) -> u8 {
        if let Some(nothing) = self.nothing {
            return nothing;
        }
        if self.state.resetting || self.state.fate == Fate::Hangs || self.state.busy > 0 {
            self.state.busy = self.state.busy.saturating_sub(1);
            // The other bits mean nothing meanwhile.
            return 0x80 | 0x0a;
        }
        match self.state.fate {
            Fate::Forgotten => READY,
            Fate::Error | Fate::Fault if self.state.work == Work::Nothing => self.state.status,
            _ if self.state.work == Work::Nothing => READY,
            _ => READY | 8,
        }
    }

    fn is_waiting_for_data(&mut self) -> bool {
        !self.state.resetting && self.state.busy == 0 && self.read_status() & 0x88 == 8
    }

    fn command(&mut self, registers: [u8; 6]) {
        if self.nothing.is_some() {
            return;
        }
        let [count, low, mid, high, device, command] = registers;
        assert_eq!(device & 0xe0, 0xe0, "by block address");
        if (device & 0x10 != 0) != self.second {
            return;
        }
        assert_eq!(self.state.busy, 0, "{command:#x} while the disk is busy");
        assert_eq!(
            self.state.work,
            Work::Nothing,
            "{command:#x} amid another one"
        );
        self.commands.push(command);
        self.state.fate = self.fates.pop().unwrap_or(Fate::Done);
        self.state.busy = self.slow;
        self.state.status = READY;
        if self.state.fate == Fate::Error {
            self.state.status = READY | 1;
            return;
        }
        if self.state.fate == Fate::Fault {
            self.state.status = READY | 0x20;
        }
        let sector = u32::from_le_bytes([low, mid, high, device & 0xf]) as usize;
        let left = if count == 0 { 256 } else { count.into() };
        let multiple = self.multiple > 0 && self.state.at_once > 1;
        self.state.work = match command {
            0xec => Work::Identity,
            0x20 => self.range(Work::In { sector, left }),
            0x30 => self.range(Work::Out { sector, left }),
            0xc4 if multiple => self.range(Work::In { sector, left }),
            0xc5 if multiple => self.range(Work::Out { sector, left }),
            0xc6 if (1..=self.multiple).contains(&count.into()) => {
                self.state.at_once = count.into();
                Work::Nothing
            }
            0xe7 => {
                self.flushed = true;
                Work::Nothing
            }
            _ => self.aborted(),
        };
    }

    fn aborted(&mut self) -> Work {
        self.state.status = READY | 1;
        self.state.fate = Fate::Error;
        Work::Nothing
    }

    fn range(&mut self, work: Work) -> Work {
        let (Work::In { sector, left } | Work::Out { sector, left }) = work else {
            return work;
        };
        if sector + left <= self.sectors.len() {
            work
        } else {
            self.aborted()
        }
    }

    /// How many sectors go through the port at a time in the command that is carried out.
    fn block(&self, left: usize) -> usize {
        match self.commands.last() {
            Some(0xc4 | 0xc5) => self.state.at_once.min(left),
            _ => 1,
        }
    }

    /// A block is through: what comes next.
    fn next(&mut self, sector: usize, left: usize, block: usize, work: fn(usize, usize) -> Work) {
        self.state.busy = self.slow;
        let over = left == block || self.state.fate == Fate::Fault;
        self.state.work = if over {
            Work::Nothing
        } else {
            work(sector + block, left - block)
        };
    }

    fn identity(&self) -> Sector {
        let mut identity = [0; SECTOR];
        let count = self.sectors.len() as u32;
        identity[2 * 47] = self.multiple as u8;
        identity[2 * 60..][..4].copy_from_slice(&count.to_le_bytes());
        identity
    }
}

impl Registers for Drive {
    fn read(&mut self, dev: u32, bytes: &mut [u8]) -> Result<(), DiskError> {
        self.calls += 1;
        if dev == self.channel.command + 7 {
            bytes[0] = self.read_status();
            assert_eq!(bytes.len(), 1);
            return Ok(());
        }
        assert_eq!(
            dev, self.channel.command,
            "of all registers to read only data"
        );
        assert!(self.is_waiting_for_data(), "data that nobody has");
        match self.state.work {
            Work::Identity => {
                bytes.copy_from_slice(&self.identity());
                self.state.busy = self.slow;
                self.state.work = Work::Nothing;
            }
            Work::In { sector, left } => {
                let block = self.block(left);
                bytes.copy_from_slice(self.sectors[sector..][..block].as_flattened());
                self.next(sector, left, block, |sector, left| Work::In {
                    sector,
                    left,
                });
            }
            other => panic!("{other:?} is not to be read"),
        }
        Ok(())
    }

    fn write(&mut self, dev: u32, bytes: &[u8]) -> Result<(), DiskError> {
        self.calls += 1;
        if dev == self.channel.control {
            let &[control] = bytes else {
                panic!("one byte")
            };
            assert_eq!(control & 2, 2, "interrupts stay off");
            if control & 4 != 0 {
                self.resets += 1;
                (self.state.work, self.state.fate, self.state.at_once) =
                    (Work::Nothing, Fate::Done, 1);
                self.state.busy = self.slow;
            }
            self.state.resetting = control & 4 != 0;
            return Ok(());
        }
        if dev == self.channel.command + 6 {
            assert_eq!(bytes.len(), 1);
            return Ok(());
        }
        if dev == self.channel.command + 2 {
            self.command(bytes.try_into().expect("a whole command"));
            return Ok(());
        }
        assert_eq!(
            dev, self.channel.command,
            "of all registers to write only data"
        );
        assert!(self.is_waiting_for_data(), "data that nobody wants");
        let Work::Out { sector, left } = self.state.work else {
            panic!("{:?} is not to be written", self.state.work);
        };
        let block = self.block(left);
        self.sectors[sector..][..block]
            .as_flattened_mut()
            .copy_from_slice(bytes);
        self.flushed = false;
        self.next(sector, left, block, |sector, left| Work::Out {
            sector,
            left,
        });
        Ok(())
    }
}
