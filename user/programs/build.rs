//! Links every program as `linker/user.ld` says.

fn main() {
    // As cargo looks for it, from here; as the linker does, from the tree's root. Neither says where the tree is.
    println!("cargo::rerun-if-changed=../../linker/user.ld");
    println!("cargo::rustc-link-arg-bins=-Tlinker/user.ld");
    // Pages of the machine, not the 64 KiB that the linker would pad a file to.
    println!("cargo::rustc-link-arg-bins=-zmax-page-size=4096");
}
