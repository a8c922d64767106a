//! How many mistakes a suite catches.
