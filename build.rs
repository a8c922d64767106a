//! Builds the crate anew when a suite comes or goes: `include_dir!` alone only notices changes in
//! files that it knows.

fn main() {
    println!("cargo::rerun-if-changed=vectors");
}
