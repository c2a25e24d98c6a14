//! From `_start` to `main` and back: why a program can be an ordinary `fn main`.

use core::arch::global_asm;
use core::ffi::{CStr, c_char};
use core::fmt;

use mos_abi::Sysno;

use crate::local::{self, Local};
use crate::{env, println};

global_asm!(
    include_str!("asm/crt0.S"),
    ENV_DESTROY = const Sysno::EnvDestroy as u32,
);

/// What `main` may return: nothing, or a `Result` whose error is printed.
#[lang = "termination"]
pub trait Termination {
    /// Tells the user how the program ended, if there is anything to tell.
    fn report(self);
    // teacher begin

    /// Comes before `main`.
    fn begin() {}

    /// Tells the user why `main` has failed.
    fn failed<E: fmt::Display>(error: E) {
        println!("[{}] error: {error}", env::id());
    }
    // teacher end
}

impl Termination for () {
    fn report(self) {}
}

impl Termination for ! {
    fn report(self) {
        self
    }
}

impl<T: Termination, E: fmt::Display> Termination for Result<T, E> {
    fn report(self) {
        match self {
            Ok(value) => value.report(),
            // teacher begin
            // otherwise: Err(error) => println!("[{}] error: {error}", env::id()),
            Err(error) => T::failed(error),
            // teacher end
        }
    }
    // teacher begin

    fn begin() {
        T::begin();
    }
    // teacher end
}

/// The program's arguments as `_start` found them: their number, and the address of an array of
/// pointers to C strings.
const ARGUMENTS: Local<(usize, usize)> = Local::new(|kept| &kept.arguments);

/// Called by the C function `main` that the compiler makes out of a program's `main`.
#[lang = "start"]
fn start<T: Termination + 'static>(
    main: fn() -> T,
    argc: isize,
    argv: *const *const u8,
    _sigpipe: u8,
) -> isize {
    local::within(|| {
        ARGUMENTS.set((argc.try_into().unwrap_or(0), argv.expose_provenance()));
        env::remember_id();
        // teacher begin
        T::begin();
        // teacher end
        main().report();
    });
    0
}

/// The program's arguments, its name first; none when the kernel started it at boot. An argument
/// that is not UTF-8 reads as empty.
pub fn args() -> impl Iterator<Item = &'static str> {
    let (argc, argv) = ARGUMENTS.get();
    let argv: *const *const c_char = core::ptr::with_exposed_provenance(argv);
    (0..argc).map(move |i| {
        // SAFETY: whoever started this environment put argc pointers at argv, each to a C string; both
        // live as long as the program.
        let argument = unsafe { CStr::from_ptr(*argv.add(i)) };
        argument.to_str().unwrap_or("")
    })
}
// teacher begin

/// The program's variables, `NAME=value` each, if whoever started it gave it any. Those that are not UTF-8 read as empty.
pub(crate) fn variables() -> impl Iterator<Item = &'static str> {
    let (_, argv) = ARGUMENTS.get();
    let argv: *const u32 = core::ptr::with_exposed_provenance(argv);
    let first = match argv.is_null() {
        true => None,
        false => {
            // SAFETY: right before argv there are two words, whoever made it: argc and argv, or what `process::block` says.
            let [variables, magic] = unsafe { [argv.sub(2).read(), argv.sub(1).read()] };
            (magic == crate::process::MAGIC).then_some(variables)
        }
    };
    let first = first.map(|first| -> *const *const c_char {
        core::ptr::with_exposed_provenance(first as usize)
    });
    let texts = first.into_iter().flat_map(|first| {
        (0..).map_while(move |i| {
            // SAFETY: there is an array of pointers to C strings, with a null pointer behind the last.
            let text = unsafe { *first.add(i) };
            // SAFETY: likewise.
            (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) })
        })
    });
    texts.map(|text| text.to_str().unwrap_or(""))
}
// teacher end
