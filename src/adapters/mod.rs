//! How an implementation is reached: a subprocess, or being one.
