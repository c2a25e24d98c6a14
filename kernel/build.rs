//! Links the kernel by its own script.

fn main() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    println!("cargo:rustc-link-arg-bins=-T{root}/linker/kernel.ld");
    println!("cargo:rerun-if-changed={root}/linker/kernel.ld");
}
