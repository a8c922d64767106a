//! The command line; see [`macproof`].

fn main() {}
