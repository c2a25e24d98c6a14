//! How the emulators write down which instructions they execute.

use super::code::Code;
use anyhow::{Context, Result, ensure};
use mos_abi::layout::PAGE_SIZE;
use std::io::{ErrorKind, Read};

/// Reads the trace of our plugin for QEMU: 32 bits for each instruction, and an odd word where another CPU goes on. Hands on
/// the CPU's number with each.
///
/// Under `-icount` an instruction that reads a device's register is begun, found to be in the middle of a block, and begun again at the
/// start of another one. That counts once: no instruction of MIPS follows itself.
pub fn qemu(trace: impl Read, mut each: impl FnMut(usize, u32)) -> Result<()> {
    let (mut cpu, mut last) = (0, None);
    records::<4>(trace, |record| {
        match u32::from_le_bytes(*record) {
            odd if odd & 1 == 1 => cpu = odd as usize >> 1,
            pc if last.replace((cpu, pc)) == Some((cpu, pc)) => {}
            pc => each(cpu, pc),
        }
        Ok(())
    })
}

/// Reads GXemul's: a line for each instruction, `0x` and eight digits, except for those in delay slots. They
/// are executed whenever the branch or jump before them is. Where execution goes on from the end of a page to the start of
/// the next, that has two lines.
pub fn gxemul(trace: impl Read, code: &Code, mut each: impl FnMut(u32)) -> Result<()> {
    let mut last = None;
    records::<11>(trace, |line| {
        let pc = address(line).with_context(|| {
            let line = String::from_utf8_lossy(line);
            format!("GXemul's trace has a line that is no address: {line:?}")
        })?;
        let again = last.replace(pc) == Some(pc);
        if again && pc.is_multiple_of(PAGE_SIZE) {
            return Ok(());
        }
        each(pc);
        let kind = code.at(pc);
        let kind = kind.with_context(|| format!("GXemul went to {pc:#010x}, where no code is"))?;
        if kind.has_delay_slot() {
            each(pc.wrapping_add(4));
        }
        Ok(())
    })
}

fn address(line: &[u8; 11]) -> Option<u32> {
    let [b'0', b'x', digits @ .., b'\n'] = line else {
        return None;
    };
    digits.iter().try_fold(0, |value, &digit| {
        Some(value << 4 | char::from(digit).to_digit(16)?)
    })
}

/// Hands on the records of `N` bytes that `trace` consists of.
fn records<const N: usize>(
    mut trace: impl Read,
    mut each: impl FnMut(&[u8; N]) -> Result<()>,
) -> Result<()> {
    let mut buffer = vec![0; N << 14];
    let mut filled = 0;
    loop {
        match trace.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(len) => filled += len,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error).context("cannot read the trace"),
        }
        let (records, rest) = buffer[..filled].as_chunks();
        records.iter().try_for_each(&mut each)?;
        let rest = filled - rest.len()..filled;
        filled = rest.len();
        buffer.copy_within(rest, 0);
    }
    ensure!(filled == 0, "the trace ends in the middle of an address");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mos_run::machine::Machine;
    use mos_run::sample::code as file;

    #[test]
    fn delay_slots_are_added_and_the_start_of_a_page_counts_once() {
        let (nop, jump) = (0, 0x03e0_0008);
        let kernel = file(0x8001_0ffc, &[nop, nop, jump, nop]);
        let code = Code::new(Machine::Gxemul, &kernel, &file(0x40_0000, &[nop])).unwrap();
        let trace = b"0x80010ffc\n0x80011000\n0x80011000\n0x80011004\n0x80011000\n";
        let mut seen = Vec::new();
        gxemul(&trace[..], &code, |pc| seen.push(pc)).unwrap();
        let expected = [
            0x8001_0ffc,
            0x8001_1000,
            0x8001_1004,
            0x8001_1008,
            0x8001_1000,
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn records_are_whole_however_they_come() {
        /// Gives a byte at a time.
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                self.0.read(&mut buffer[..1])
            }
        }
        let mut seen = Vec::new();
        qemu(Slow(&[4, 0, 0, 0, 8, 0, 0, 0x80]), |_, pc| seen.push(pc)).unwrap();
        assert_eq!(seen, [4, 0x8000_0008]);
        assert!(qemu(Slow(&[4, 0, 0]), |_, _| ()).is_err());
    }

    #[test]
    fn each_instruction_is_of_the_cpu_that_was_named_last() {
        let words: [u32; 6] = [4, 7, 8, 12, 1, 16];
        let mut seen = Vec::new();
        let trace = words.map(u32::to_le_bytes).concat();
        qemu(&trace[..], |cpu, pc| seen.push((cpu, pc))).unwrap();
        assert_eq!(seen, [(0, 4), (3, 8), (3, 12), (0, 16)]);
    }

    #[test]
    fn an_instruction_that_is_begun_anew_counts_once() {
        let words: [u32; 8] = [4, 8, 8, 12, 8, 3, 8, 8];
        let mut seen = Vec::new();
        let trace = words.map(u32::to_le_bytes).concat();
        qemu(&trace[..], |cpu, pc| seen.push((cpu, pc))).unwrap();
        assert_eq!(seen, [(0, 4), (0, 8), (0, 12), (0, 8), (1, 8)]);
    }

    #[test]
    fn a_line_is_an_address_or_an_error() {
        assert_eq!(address(b"0x80010000\n"), Some(0x8001_0000));
        for line in [b"0x8001000g\n", b"0080010000\n", b"0x800100000"] {
            assert_eq!(address(line), None);
        }
    }
}
