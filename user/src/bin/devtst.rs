//! The console by its registers: shows what is typed, up to the end of a line, and what may be reached so and what not.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, device, env, println};

/// A console that is read and written by its registers.
struct Console {
    /// Of what was typed, and of what is to be shown.
    data: u32,
    /// Where a register says in this bit that something was typed; 0 stands for nothing elsewhere.
    ready: Option<(u32, u8)>,
    /// The clock's registers, and where those end that it has.
    clock: u32,
    end: u32,
}

/// testmips' console (GXemul, "Experimental devices: cons"), and the first UART of malta (NS16550A, "Line Status Register").
const CONSOLES: [Console; 2] = [
    Console {
        data: 0x1000_0000,
        ready: None,
        clock: 0x1500_0000,
        end: 0x1500_0200,
    },
    Console {
        data: 0x1800_03f8,
        ready: Some((0x1800_03fd, 1)),
        clock: 0x1800_0070,
        end: 0x1800_0072,
    },
];

impl Console {
    fn find() -> Option<Self> {
        let is_here = |console: &Self| byte(console.clock).is_ok();
        CONSOLES.into_iter().find(is_here)
    }

    fn typed(&self) -> Result<u8, Error> {
        loop {
            let is_ready = match self.ready {
                Some((register, bit)) => byte(register)? & bit != 0,
                None => true,
            };
            match if is_ready { byte(self.data)? } else { 0 } {
                0 => env::yield_now(),
                typed => return Ok(typed),
            }
        }
    }

    fn show(&self, bytes: &[u8]) -> Result<(), Error> {
        let each = |byte: &u8| device::write(self.data, &[*byte]);
        bytes.iter().try_for_each(each)
    }
}

fn byte(register: u32) -> Result<u8, Error> {
    let mut byte = [0];
    device::read(register, &mut byte)?;
    Ok(byte[0])
}

/// Whether no registers are reached but those of a device, and all of a transfer's.
fn is_guarded(console: &Console) -> bool {
    let mut two = [0; 2];
    let reads = [0, console.data - 1, console.end, 0x8000_0000, 0xffff_fff0].map(byte);
    let across = device::read(console.end - 1, &mut two);
    reads.iter().all(|read| *read == Err(Error::Inval)) && across == Err(Error::Inval)
}

fn main() -> Result<(), Error> {
    println!("devtst begin");
    let Some(console) = Console::find() else {
        println!("devtst: no device rights");
        return Ok(());
    };
    loop {
        match console.typed()? {
            b'\r' | b'\n' => break,
            typed => console.show(&[typed])?,
        }
    }
    console.show(b"\r\n")?;
    println!("syscall_read_dev is good");
    println!("end of devtst");
    if is_guarded(&console) {
        println!("dev address is ok");
    }
    Ok(())
}
