//! Black-box fuzzing of an implementation.

mod bounds;
mod carried;
mod texture;
