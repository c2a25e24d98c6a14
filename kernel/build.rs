//! Links the kernel by its own script.

fn main() {
    // As cargo looks for it, from here; as the linker does, from the tree's root. Neither says where the tree is.
    println!("cargo::rerun-if-changed=../linker/kernel.ld");
    println!("cargo::rustc-link-arg-bins=-Tlinker/kernel.ld");
    // Functions of the same instructions are one.
    println!("cargo::rustc-link-arg-bins=--icf=all");
}
