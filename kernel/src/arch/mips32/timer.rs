//! The Count/Compare timer (MIPS32 PRA vol. III, "Count Register", "Compare Register").

mod asm {
    unsafe extern "C" {
        pub safe fn read_count() -> u32;
        pub safe fn read_compare() -> u32;
        pub safe fn write_compare(count: u32);
    }
}

pub use asm::read_count;

/// Takes back the timer interrupt and asks for the next one, `period` counts after the last; later where
/// that has passed.
///
/// The CPU compares for equality only: a value that Count has passed by the time it is written would be
/// met after 2^32 counts. So it is checked after the write.
pub fn advance(period: u32) {
    // exercise 3.9 begin
    let mut next = asm::read_compare().wrapping_add(period);
    loop {
        asm::write_compare(next);
        let count = asm::read_count();
        if (next.wrapping_sub(count) as i32) > 0 {
            return;
        }
        next = count.wrapping_add(period);
    }
    // exercise 3.9 end
}
