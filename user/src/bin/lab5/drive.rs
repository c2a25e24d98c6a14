//! An ATA disk in our own memory. It does what the standard says, and counts what no driver may do.

use alloc::vec::Vec;

use crate::ata::{Fate, Phase, SECTOR, Told};
use embedded_hal::delay::DelayNs;
use mos_disk::Registers;
use mos_disk::ide::Channel;
use mos_exam::Lots;
use mos_fs::DiskError;

/// Status while it is ready, and what of it says that data is due.
const READY: u8 = 0x50;
const DUE: u8 = 8;
/// Busy, when all else in status means nothing: here it looks like data that is due, and an error.
const BUSY: u8 = 0x80 | DUE | 1;
/// The first register of a command.
const COUNT: usize = 2;

/// The disk.
#[derive(Debug)]
pub struct Drive {
    /// What is on it.
    pub sectors: Vec<[u8; SECTOR]>,
    /// Whether it is the second one of its channel.
    pub second: bool,
    /// What status is where there is no disk.
    pub nothing: Option<u8>,
    /// Most sectors that it moves at a time; 0: it moves one.
    pub most: u32,
    /// How often status is read until it has done something.
    pub slow: u32,
    /// What happens to its next commands, the last one first; the others are carried out.
    pub fates: Vec<Fate>,
    /// What it was told.
    pub told: Vec<Told>,
    /// How often it was set back.
    pub resets: u32,
    /// How often somebody did what is not done: commands amid others, data that nobody has or wants.
    pub offences: u32,
    /// Whether all that was written is safe.
    pub is_safe: bool,
    registers: [u8; 8],
    identity: [u8; SECTOR],
    phase: Phase,
    fate: Fate,
    failed: u8,
    busy: u32,
    at_once: u32,
    resetting: bool,
    /// Sectors that are moved at a time by this command, and bytes that went through the port since the last.
    block: u32,
    through: usize,
}

impl Drive {
    /// A disk with so many sectors of drawn bytes.
    pub fn new(sectors: u32, lots: &mut Lots) -> Self {
        let mut drawn = || {
            let mut sector = [0; SECTOR];
            for word in sector.as_chunks_mut().0 {
                *word = lots.any().to_le_bytes();
            }
            sector
        };
        let mut identity = drawn();
        identity[120..124].copy_from_slice(&sectors.to_le_bytes());
        Self {
            sectors: (0..sectors).map(|_| drawn()).collect(),
            second: false,
            nothing: None,
            most: 16,
            slow: 2,
            fates: Vec::new(),
            told: Vec::new(),
            resets: 0,
            offences: 0,
            is_safe: true,
            registers: [0; 8],
            identity,
            phase: Phase::Idle,
            fate: Fate::Done,
            failed: 0,
            busy: 0,
            at_once: 0,
            resetting: false,
            block: 1,
            through: 0,
        }
    }

    fn status(&mut self) -> u8 {
        if let Some(nothing) = self.nothing {
            return nothing;
        }
        if self.resetting || self.fate == Fate::Hangs || self.busy > 0 {
            self.busy = self.busy.saturating_sub(1);
            return BUSY;
        }
        match (self.fate, self.phase) {
            (Fate::Forgotten, _) => READY,
            (_, Phase::Idle) => READY | self.failed,
            _ => READY | DUE,
        }
    }

    fn command(&mut self) {
        let mut told = [0; 6];
        told.copy_from_slice(&self.registers[COUNT..]);
        let [.., device, command] = told;
        if self.nothing.is_some() || (device & 0x10 != 0) != self.second {
            return;
        }
        if self.busy > 0 || self.phase != Phase::Idle || device & 0xe0 != 0xe0 {
            self.offences += 1;
        }
        let told = Told::of(told);
        self.told.push(told);
        self.fate = self.fates.pop().unwrap_or(Fate::Done);
        (self.busy, self.failed, self.through) = (self.slow, 0, 0);
        let moves_more = matches!(command, 0xc4 | 0xc5);
        self.block = if moves_more { self.at_once } else { 1 };
        let there = self.sectors.len() as u32;
        let block = self.block;
        let fits = |at: u32, count: u32| block > 0 && at + count <= there;
        self.phase = match told {
            _ if self.fate == Fate::Error => self.fail(1),
            Told::Read(at, count) if fits(at, count) => Phase::Sends(at, count),
            Told::Write(at, count) if fits(at, count) => Phase::Takes(at, count),
            Told::AtOnce(count) if (1..=self.most).contains(&count) => {
                self.at_once = count;
                Phase::Idle
            }
            Told::Flush => {
                self.is_safe = true;
                Phase::Idle
            }
            Told::Identify => Phase::Tells,
            _ => self.fail(1),
        };
    }

    fn fail(&mut self, failed: u8) -> Phase {
        self.failed = failed;
        Phase::Idle
    }

    /// The byte that goes through the port next; `None`, if none is due.
    fn next_byte(&mut self, writes: bool) -> Option<&mut u8> {
        if self.status() & (0x80 | DUE) != DUE {
            return None;
        }
        let (number, place) = (self.through / SECTOR, self.through % SECTOR);
        match self.phase {
            Phase::Tells if !writes => self.identity.get_mut(place),
            Phase::Sends(at, _) if !writes => {
                let sector = self.sectors.get_mut(at as usize + number);
                sector.map(|sector| &mut sector[place])
            }
            Phase::Takes(at, _) if writes => {
                self.is_safe = false;
                let sector = self.sectors.get_mut(at as usize + number);
                sector.map(|sector| &mut sector[place])
            }
            _ => None,
        }
    }

    /// A byte is through.
    fn go_on(&mut self) {
        self.through += 1;
        let (at, left) = match self.phase {
            Phase::Sends(at, left) | Phase::Takes(at, left) => (at, left),
            Phase::Tells | Phase::Idle => (0, 1),
        };
        let moved = self.block.min(left);
        if self.through < moved as usize * SECTOR {
            return;
        }
        (self.through, self.busy) = (0, self.slow);
        let (at, left) = (at + moved, left - moved);
        self.phase = match self.phase {
            _ if self.fate == Fate::Fault => self.fail(0x20),
            _ if self.fate == Fate::Late && left == 0 => self.fail(1),
            Phase::Sends(..) if left > 0 => Phase::Sends(at, left),
            Phase::Takes(..) if left > 0 => Phase::Takes(at, left),
            _ => Phase::Idle,
        };
    }

    /// What device control is written.
    fn control(&mut self, control: u8) {
        // Nobody waits for its interrupts.
        if control & 2 == 0 {
            self.offences += 1;
        }
        let resets = control & 4 != 0;
        if resets && !self.resetting {
            self.resets += 1;
            (self.phase, self.fate, self.failed) = (Phase::Idle, Fate::Done, 0);
            (self.at_once, self.busy) = (0, self.slow);
        }
        self.resetting = resets;
    }
}

impl Registers for Drive {
    fn read(&mut self, dev: u32, bytes: &mut [u8]) -> Result<(), DiskError> {
        match dev.wrapping_sub(Channel::PRIMARY.command) {
            7 => bytes.fill(self.status()),
            0 => {
                for byte in bytes {
                    match self.next_byte(false) {
                        Some(next) => *byte = *next,
                        None => self.offences += 1,
                    }
                    self.go_on();
                }
            }
            _ => self.offences += 1,
        }
        Ok(())
    }

    fn write(&mut self, dev: u32, bytes: &[u8]) -> Result<(), DiskError> {
        if dev == Channel::PRIMARY.control {
            bytes.iter().for_each(|&byte| self.control(byte));
            return Ok(());
        }
        let first = dev.wrapping_sub(Channel::PRIMARY.command);
        if first > 0 {
            for (register, &byte) in (first as usize..).zip(bytes) {
                match self.registers.get_mut(register) {
                    Some(known) => *known = byte,
                    None => self.offences += 1,
                }
                if register == 7 {
                    self.command();
                }
            }
            return Ok(());
        }
        for &byte in bytes {
            match self.next_byte(true) {
                Some(next) => *next = byte,
                None => self.offences += 1,
            }
            self.go_on();
        }
        Ok(())
    }
}

/// Pauses that take no time but are counted.
#[derive(Debug, Default)]
pub struct Pauses {
    /// Nanoseconds of all of them.
    pub ns: u64,
}

impl DelayNs for Pauses {
    fn delay_ns(&mut self, ns: u32) {
        self.ns += u64::from(ns);
    }
}
