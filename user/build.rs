//! Links every program as `linker/user.ld` says.

fn main() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../linker/user.ld");
    println!("cargo::rerun-if-changed={script}");
    println!("cargo::rustc-link-arg-bins=-T{script}");
    // Pages of the machine, not the 64 KiB that the linker would pad a file to.
    println!("cargo::rustc-link-arg-bins=-zmax-page-size=4096");
}
